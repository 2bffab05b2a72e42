// Package letters reads what lands in the queue DeadLetters of a deployed
// Mulligan, and sends it on: events that the rule could not hand to the function,
// those that the function gave up on, and wakes that Scheduler could not deliver.
//
// SQS has no way to look at a message without taking it. So a look takes the
// messages for a short time and gives them back at its end, also when it is
// interrupted; whoever is killed outright leaves them hidden for that time, and
// loses nothing.
//
// A letter is deleted only after Lambda has accepted its payload. Whoever dies
// between the two leaves the letter, and it is replayed twice: that is harmless,
// because the ledger knows the failure by then.
package letters
