// Package account tries the deployed stack in the local account: `sam build`
// and `sam deploy` of the template as it is, IAM enforced, and everything by the
// front door. Events go in by the rule; what became of them is read from the
// stand-in for SageMaker, the ledger, the schedules, the dead letters and the
// log. `make e2e` installs the tools and runs it; nothing of it is compiled
// without the build tag e2e.
//
// People are there too: the operator's program runs as a process, with a user of
// the account that may do what the README lists.
//
// Tests share one account and, where their parameters are alike, one stack; each
// uses executions of its own, so that they run side by side and in any order.
// Every stack has a PipelineNamePrefix of its own, and so minds its own
// pipelines only. By the policy of a shared stack no failure waits for another's
// retry. No stack is swept but when a test asks for it.
//
// The functions reach AWS through a gate, which notices what passes and can act
// before and after any request: refuse it, lose its answer, kill or stop the
// process that made it.
package account
