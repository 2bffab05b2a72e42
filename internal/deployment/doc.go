// Package deployment finds a deployed Mulligan for whoever works on it from
// outside: where its ledger, its dead letters and its function are, and which
// limits its stack sets. It asks CloudFormation alone, with the person's own
// credentials, so that the command line needs no settings beside the stack's
// name.
//
// What template.yaml calls its parameters and outputs is known here a second
// time; the tests hold both to be the same.
package deployment
