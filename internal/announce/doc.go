// Package announce says what was decided: as the answer that the function
// returns and as the one log line of its invocation, both with the vocabulary's
// words as keys. The record that explains a decision for good is written with
// the claim itself (retry.Trail); nothing here can change a decision.
package announce
