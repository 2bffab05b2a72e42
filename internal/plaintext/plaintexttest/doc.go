// Package plaintexttest is what hostile text looks like, and what it must not
// look like where it comes out: for tests of whatever logs, answers or prints
// text that others wrote. It judges for itself and uses nothing of plaintext.
package plaintexttest
