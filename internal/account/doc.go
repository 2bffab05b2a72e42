// Package account finds the local account that `make account` left running and
// makes pipelines fail in it. The local account is one emulated AWS account on
// the loopback interface of this machine: MiniStack with IAM enforced, in which
// Mulligan is deployed from its template, and the stand-in for SageMaker, which
// MiniStack does not have.
//
// A running one is described by one file, [State]. [Remote] talks to the
// stand-in's control side, [Follow] tells what becomes of a failure. Package
// host, below this one, starts, deploys and ends it.
package account
