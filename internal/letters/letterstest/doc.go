// Package letterstest is a stand-in for SQS, with one queue, and for Lambda, with
// one function, for tests of whatever reads dead letters and sends them on. It
// speaks their protocols, so that the SDK's real clients can be used.
package letterstest
