package retrier_test

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/plaintext/plaintexttest"
	"mulligan/internal/retry"
)

// theOne is the execution that exists in front of FuzzInvoke.
const theOne = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/p4jn9xou8a8s"

// FuzzInvoke hands the function any bytes: one line, an answer or an error, whose
// words keep to their bounds, few calls, and no retry but of the one execution that
// failed, claimed before. The same bytes again retry nothing more.
func FuzzInvoke(f *testing.F) {
	r := newRig(f, inProcess)
	e := r.failed(r.aws.Add(awstest.Script{Pipeline: "churn", ID: "p4jn9xou8a8s", Runs: []awstest.Run{atOnce}}))
	f.Add(e.JSON())
	f.Add(bytes.Repeat([]byte(`{"detail":`), 100_000))
	f.Add(bytes.Repeat([]byte("\x00"), 1<<20))
	f.Add(append(e.JSON(), bytes.Repeat([]byte(" "), 200_000)...))
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := newRig(t, inProcess)
		arn := r.aws.Add(awstest.Script{Pipeline: "churn", ID: "p4jn9xou8a8s", Runs: []awstest.Run{atOnce, awstest.KeepsRunning()}})
		if arn != theOne {
			t.Fatalf("the execution is %s", arn)
		}
		for range 3 {
			r.tells("the payload", visit{payload: payload})
		}
		if n, used := len(r.aws.Retries(arn)), r.record(arn).Used; n > 1 || used != n && !r.waits(arn) {
			t.Errorf("%d retries for %d units", n, used)
		}
	})
}

// waits tells whether the unit that was spent is yet to be used.
func (r *rig) waits(arn string) bool { return r.record(arn).Kind == retry.Claimed }

// FuzzText takes any text down one of the ways by which the function comes to read
// what others wrote.
func FuzzText(f *testing.F) {
	names := slices.Sorted(maps.Keys(ways))
	for i := range names {
		for _, text := range plaintexttest.Texts() {
			f.Add(uint8(i), text[:min(len(text), 3000)])
		}
	}
	f.Fuzz(func(t *testing.T, way uint8, text string) {
		name := names[int(way)%len(names)]
		r := newRig(t, inProcess)
		v := ways[name](r, text)
		for range 2 {
			r.tells(name, v)
		}
	})
}

// TestScenario71Times: a failure is handled whatever times its event names, its
// schedule is made, and what is on record of it can be read.
func TestScenario71Times(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "never", "1970-01-01T00:00:00Z", "0000-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "2262-04-12T00:00:00Z", "0001-01-01T00:00:00Z",
	} {
		for _, field := range []string{`"time":"`, `"executionEndTime":"`} {
			r := newRig(t, inProcess)
			e := r.fail("churn", waiting, awstest.KeepsRunning())
			before, after, found := strings.Cut(string(e.JSON()), field)
			_, after, closed := strings.Cut(after, `"`)
			if !found || !closed {
				t.Fatalf("no %s in %s", field, e.JSON())
			}
			o := r.invoke([]byte(before + field + text + `"` + after))
			if o.err != nil || o.Verdict != string(retry.Wait) {
				t.Errorf("%s%s: said %s, %s, %v", field, text, o.Verdict, o.Reason, o.err)
			}
			arn, err := retry.ParseExecutionARN(e.ARN)
			if err != nil {
				t.Fatal(err)
			}
			if trails, err := r.ledger.Trails(t.Context(), arn); err != nil || len(trails) == 0 {
				t.Errorf("%s%s: %d decisions can be read, %v", field, text, len(trails), err)
			}
		}
	}
}
