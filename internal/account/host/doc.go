// Package host runs the local account: MiniStack, launched with the mends of
// infra/local/account, and beside it the stand-in for SageMaker, whose status
// changes go through EventBridge as SageMaker's own do. [Host.Deploy] brings a
// stack into it with the SAM CLI, from the same template and by the same
// command as into an account of AWS.
//
// `make account` keeps one running for people; the suite in internal/e2e/account
// starts its own. Everything listens on the loopback interface, and everything
// that was started ends with [Host.Stop].
package host
