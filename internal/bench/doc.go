// Command bench measures the retrier next to a plain Go handler, in one run on
// one machine, and prints a table. `make bench` runs it. It needs Linux, no AWS
// account and no network; a CPU share like that of a small function needs root.
//
// # What is measured
//
// The binaries are the real ones, each a process of its own behind a Runtime
// API (internal/runtimeapi) and in front of fakes of AWS (cloud.go) that speak TLS,
// because TLS is most of what a cold function computes. They trust the fakes'
// authority beside the machine's own ones, which cost time to read there as in
// a function. Rounds of all binaries are interleaved, so that whatever else the
// machine does hits all of them. Absolute times belong to the machine; what
// carries over is how the columns relate.
//
// # What is compared
//
// The plain handler (plain/) does what such a handler usually does: it loads
// the default configuration and makes its clients on the first event, counts
// the event in DynamoDB and calls RetryPipelineExecution with the event's id. It
// is built twice, with the retrier's flags and without any, so that what is due
// to flags is not taken for a merit of the code.
//
// # What makes it fail
//
// Every answer is checked against the verdict and the number of AWS calls that
// the design promises (kinds.go), and the fakes must not have seen one request
// that AWS would refuse to understand. Otherwise the program ends with status
// 1: figures of a handler that does the wrong thing are worth nothing.
package main
