// Package awstest is a strict stand-in for the part of AWS that Mulligan talks
// to beside DynamoDB: SageMaker Pipelines and EventBridge Scheduler, over HTTP,
// on the wire protocols that the real services use. Tests, the demo and local
// runs put the real SDK clients in front of it.
//
// # The shape of a test
//
//	clock := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
//	aws := awstest.New(awstest.Config{Now: func() time.Time { return clock }})
//	url, stop := aws.Serve()
//	defer stop()
//	arn := aws.Add(awstest.Script{Pipeline: "churn", Runs: []awstest.Run{
//		awstest.FailsAt("Train", awstest.ReasonCapacity),
//		awstest.Succeeds(),
//	}})
//	failed, _ := aws.LastEvent(arn)
//	handle(failed.JSON(), url)
//	// one effective retry, and not one request that AWS would not understand:
//	// aws.Retries(arn) has length 1, aws.Violations() is empty.
//
// # What it promises
//
// One execution keeps one ARN for life. A retry is accepted while it is Failed;
// the failed steps run again, the succeeded ones stay. The same token again is
// answered like the first time and does nothing. A request that the service
// could not understand (an operation, path, field, method, content type or
// signature that does not belong there, or a value outside its documented
// bounds) is refused in the service's own error shape and remembered, see
// [Account.Violations]. Nothing is ever answered 200 without being understood.
//
// # What nobody knows about AWS
//
// [Unknowns] has one switch for each behaviour that AWS does not document. Code
// under test has to be right under every setting.
//
// # Trouble on demand
//
// [Account.FailNext] and [Account.OnRequest] make single requests go wrong, by
// a [Fault]: refused, slow, broken off before or after the effect, or answered
// with a spoiled body. [FiringQuirks] does it for schedules that come due.
//
// # Who may do what
//
// [Config].Authorize is asked for every request to SageMaker, as IAM would be.
// [Accounts] puts several accounts and Regions behind one address.
//
// # From another process
//
// [Account.Control] is what a program without the Go value drives an account
// by: it makes executions fail, has their retries refused, sets limits, and
// looks.
//
// # Storms
//
// [Config].Quotas and [Script].Quota have many executions want the same few
// instances: who finds none free fails again within seconds.
//
// # Time
//
// Everything is stamped by the clock in [Config]; the package never reads
// another one, except that a Fault's Latency is real time. Scripted changes
// that have come due are applied before anything else is done, each at the
// instant at which it was due.
//
// An [Account] may be used by any number of goroutines.
package awstest
