package main

import (
	"fmt"
	"time"
)

// progress prints what happens, with the seconds since the start.
func progress() func(format string, values ...any) {
	started := time.Now()
	return func(format string, values ...any) {
		fmt.Printf("account: %4.1f s  %s\n", time.Since(started).Seconds(), fmt.Sprintf(format, values...))
	}
}

// next is what to type once the account is up.
const next = `
Mulligan is deployed as stack %[1]q in account %[2]s, %[3]s, of this machine.

  build/mulligan fail --class capacity        a pipeline fails for lack of instances; watch what becomes of it
  build/mulligan fail --help                  other failures
  build/mulligan policy apply FILE --local    the next failure is judged by your policy
  build/mulligan hold --help                  keeps retries back; holds, outcomes and dlq look around, all with --local
  build/mulligan log --follow                 what the functions log, the sweep every five minutes too
  make account                                deploys what you have changed since
  make account-down                           ends all of it

For other tools: AWS_ENDPOINT_URL=%[4]s AWS_ENDPOINT_URL_SAGEMAKER=%[5]s
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=%[3]s
`
