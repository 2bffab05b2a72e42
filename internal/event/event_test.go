package event

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var home = retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"}

// documented is the event as AWS documents it, with a failed status.
const documented = `{"version":"0","id":"315c1398-40ff-a850-213b-158f73kd93ir",
"detail-type":"SageMaker Model Building Pipeline Execution Status Change","source":"aws.sagemaker",
"account":"123456789012","time":"2026-03-15T16:10:11Z","region":"eu-west-1",
"resources":["arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123"],
"detail":{"pipelineExecutionDisplayName":"SomeDisplayName","currentPipelineExecutionStatus":"Failed",
"previousPipelineExecutionStatus":"Executing","executionStartTime":"2026-03-15T16:03:13Z",
"executionEndTime":"2026-03-15T16:10:10Z","pipelineExecutionDescription":"SomeDescription",
"pipelineArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123",
"pipelineExecutionArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"}}`

// with is the documented event with one text replaced.
func with(old, new string) string { return strings.Replace(documented, old, new, 1) }

func TestDocumentedEvent(t *testing.T) {
	got, problem := Parse([]byte(documented), home)
	if problem != nil {
		t.Fatalf("got %+v, want a notice", problem)
	}
	want := retry.Notice{
		Door: retry.DoorEvent, EventID: "315c1398-40ff-a850-213b-158f73kd93ir", Previous: "Executing",
		Execution: retry.ExecutionARN{Partition: "aws", Region: "eu-west-1", Account: "123456789012", Pipeline: "myPipeline-123", ID: "p4jn9xou8a8s"},
		Ended:     "2026-03-15T16:10:10Z", EndedAt: time.Date(2026, 3, 15, 16, 10, 10, 0, time.UTC),
		Emitted: time.Date(2026, 3, 15, 16, 10, 11, 0, time.UTC),
	}
	if got != want {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

// What AWS may leave out, add or spell otherwise is no reason to lose a failure.
func TestLenient(t *testing.T) {
	for name, payload := range map[string]string{
		"no id":                 with(`"id":"315c1398-40ff-a850-213b-158f73kd93ir",`, ""),
		"no pipelineArn":        with(`"pipelineArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123",`, ""),
		"no end":                with(`"executionEndTime":"2026-03-15T16:10:10Z",`, ""),
		"null end":              with(`"executionEndTime":"2026-03-15T16:10:10Z"`, `"executionEndTime":null`),
		"end of another type":   with(`"executionEndTime":"2026-03-15T16:10:10Z"`, `"executionEndTime":{"s":1}`),
		"a broken end":          with(`16:10:10Z`, `16:10:10+99:99`),
		"time of another type":  with(`"time":"2026-03-15T16:10:11Z"`, `"time":1`),
		"previous is a list":    with(`"previousPipelineExecutionStatus":"Executing"`, `"previousPipelineExecutionStatus":[]`),
		"replayed":              with(`{"version"`, `{"replay-name":"r","version"`),
		"another case":          with(`Status":"Failed"`, `Status":"FAILED"`),
		"pipelineArn lowercase": with(`pipeline/myPipeline-123",`+"\n"+`"pipelineExecutionArn`, `pipeline/mypipeline-123",`+"\n"+`"pipelineExecutionArn`),
		"a field more":          with(`"detail":{`, `"detail":{"failureReason":{"deep":[1]},`),
	} {
		if _, problem := Parse([]byte(payload), home); problem != nil {
			t.Errorf("%s: got %s: %s, want a notice", name, problem.Reason, problem.Evidence)
		}
	}
}

func TestProblems(t *testing.T) {
	deep := strings.Repeat("[", 10_001) + strings.Repeat("]", 10_001)
	tests := []struct {
		name, payload string
		reason        retry.Reason
		field         string // what the evidence must begin with
	}{
		{"empty", "", retry.Malformed, "the event"},
		{"not JSON", "hello", retry.Malformed, "the event"},
		{"cut off", documented[:200], retry.Malformed, "the event"},
		{"a list", "[]", retry.Malformed, "the event"},
		{"a number", "7", retry.Malformed, "the event"},
		{"null", "null", retry.Malformed, "source"},
		{"empty object", "{}", retry.Malformed, "source"},
		{"1 MB of nonsense", strings.Repeat("x", 1<<20), retry.Malformed, "the event"},
		{"1 MB in a field", with("SomeDescription", strings.Repeat("x", 1<<20)), retry.Malformed, "the event"},
		{"10,000 levels deep", with(`"detail":{`, `"detail":{"a":`+deep+`,`), retry.Malformed, "the event"},
		{"deep and alone", deep, retry.Malformed, "the event"},
		{"invalid UTF-8", "{\"source\":\"\xff\xfe\"}", retry.Malformed, "source"},
		{"id is a number", with(`"315c1398-40ff-a850-213b-158f73kd93ir"`, "7"), retry.Malformed, "the event"},
		{"endless id", with("315c1398", strings.Repeat("x", 300)), retry.Malformed, "id"},
		{"another source", with("aws.sagemaker", "aws.ec2"), retry.Malformed, "source"},
		{"step event", with("Execution Status", "Execution Step Status"), retry.Malformed, "detail-type"},
		{"detail is a list", with(`"detail":{`, `"detail":[],"x":{`), retry.Malformed, "detail"},
		{"no detail", with(`"detail":{`, `"other":{`), retry.Malformed, "detail"},
		{"null detail", with(`"detail":{`, `"detail":null,"x":{`), retry.Malformed, "detail"},
		{"status is a number", with(`"Failed"`, "7"), retry.Malformed, "detail"},
		{"no status", with(`"currentPipelineExecutionStatus":"Failed",`, ""), retry.Malformed, "detail.currentPipelineExecutionStatus"},
		{"no ARN", with(`,`+"\n"+`"pipelineExecutionArn":"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/myPipeline-123/execution/p4jn9xou8a8s"`, ""), retry.Malformed, "detail.pipelineExecutionArn"},
		{"ARN of a job", with("pipeline/myPipeline-123/execution/p4jn9xou8a8s", "training-job/x"), retry.Malformed, "detail.pipelineExecutionArn"},
		{"ARN with a newline", with("p4jn9xou8a8s", `p4jn\n9x`), retry.Malformed, "detail.pipelineExecutionArn"},
		{"ARN of 2,049", with("p4jn9xou8a8s", strings.Repeat("a", 2049)), retry.Malformed, "detail.pipelineExecutionArn"},
		{"another pipeline's ARN", with("pipeline/myPipeline-123/execution", "pipeline/other/execution"), retry.Malformed, "detail.pipelineArn"},
		{"executing", with(`Status":"Failed"`, `Status":"Executing"`), retry.NotFailed, "detail.currentPipelineExecutionStatus"},
		{"stopping", with(`Status":"Failed"`, `Status":"Stopping"`), retry.NotFailed, "detail.currentPipelineExecutionStatus"},
		{"another account", with(`"account":"123456789012"`, `"account":"210987654321"`), retry.Foreign, "account, region"},
		{"another Region", with(`"region":"eu-west-1"`, `"region":"us-east-1"`), retry.Foreign, "account, region"},
		{"ARN of another account", strings.ReplaceAll(documented, "1:123456789012", "1:210987654321"), retry.Foreign, "detail.pipelineExecutionArn"},
		{"ARN of another Region", strings.ReplaceAll(documented, "eu-west-1:1", "us-east-1:1"), retry.Foreign, "detail.pipelineExecutionArn"},
		{"ARN of another partition", strings.ReplaceAll(documented, "arn:aws:", "arn:aws-cn:"), retry.Foreign, "detail.pipelineExecutionArn"},
		{"wake of a newer version", `{"source":"mulligan","version":2}`, retry.Malformed, "version"},
		{"wake without an ARN", `{"source":"mulligan","version":1}`, retry.Malformed, "execution"},
		{"wake of another type", `{"source":"mulligan","version":"1"}`, retry.Malformed, "the wake"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, got := Parse([]byte(test.payload), home)
			if got == nil {
				t.Fatal("got a notice, want a problem")
			}
			if got.Reason != test.reason || !strings.HasPrefix(got.Evidence, test.field+":") {
				t.Errorf("got %s: %s; want %s about %s", got.Reason, got.Evidence, test.reason, test.field)
			}
			if len(got.Evidence) > 400 {
				t.Errorf("the evidence has %d bytes", len(got.Evidence))
			}
		})
	}
}

// Who reads it finds what is wrong by its words.
func TestEvidence(t *testing.T) {
	for _, test := range []struct{ payload, want string }{
		{"[]", "the event: expected a JSON object as EventBridge sends it: it is a JSON array"},
		{`"x"`, "the event: expected a JSON object as EventBridge sends it: it is a JSON string"},
		{with(`"315c1398-40ff-a850-213b-158f73kd93ir"`, "7"), `the event: expected a JSON object as EventBridge sends it: "id" is a JSON number`},
		{with(`"detail":{`, `"detail":null,"x":{`), "detail: expected the fields of a pipeline execution: detail is null"},
		{with(`"detail":{`, `"x":{`), "detail: expected the fields of a pipeline execution, got nothing"},
		{with(`"pipelineExecutionArn"`, `"other"`), "detail.pipelineExecutionArn: expected the ARN of a pipeline execution, got nothing"},
		{with(`"account":"123456789012"`, `"account":"210987654321"`), "account, region: expected account 123456789012 in eu-west-1, got account 210987654321 in eu-west-1"},
		{with(`"region":"eu-west-1"`, `"region":"\n"`), `account, region: expected account 123456789012 in eu-west-1, got account 123456789012 in "\n"`},
		{with(`"region":"eu-west-1",`, ``), `account, region: expected account 123456789012 in eu-west-1, got account 123456789012 in nothing`},
		{strings.ReplaceAll(documented, "1:123456789012", "1:210987654321"),
			"detail.pipelineExecutionArn: expected account 123456789012 in eu-west-1, got account 210987654321 in eu-west-1"},
		{strings.ReplaceAll(documented, "arn:aws:", "arn:aws-cn:"), `detail.pipelineExecutionArn: expected partition aws, got "aws-cn"`},
	} {
		if _, got := Parse([]byte(test.payload), home); got == nil || got.Evidence != test.want {
			t.Errorf("got %+v\nwant %s", got, test.want)
		}
	}
}

func TestOutside(t *testing.T) {
	long := strings.Repeat("p", 256)
	for _, test := range []struct {
		pipeline, prefix string
		outside          bool
	}{
		{"myPipeline-123", "", false},
		{"myPipeline-123", "myPipeline-", false},
		{"myPipeline-123", "mypipeline-", false},
		{"mypipeline-123", "MyPipeline-", false},
		{"myPipeline-123", "myPipeline-123", false},
		{"myPipeline-123", "myPipeline-1234", true},
		{"myPipeline-123", "Pipeline", true},
		{"myPipeline-123", "other", true},
		{"m", "my", true},
		{long, strings.Repeat("P", 64), false},
		{long, "q", true},
	} {
		n := retry.Notice{Execution: retry.ExecutionARN{Partition: "aws", Region: home.Region, Account: home.Account, Pipeline: test.pipeline, ID: "e"}}
		got := Outside(n, test.prefix)
		if (got != nil) != test.outside {
			t.Errorf("%.20s, prefix %.20s: got %+v, want outside %t", test.pipeline, test.prefix, got, test.outside)
		}
		if got != nil && (got.Reason != retry.Foreign || got.Execution != n.Execution ||
			!strings.Contains(got.Evidence, `"`+test.prefix+`"`) || !strings.Contains(got.Evidence, test.pipeline[:1])) {
			t.Errorf("got %+v, want it foreign, with the prefix and the pipeline named", got)
		}
	}
}

func TestWakeComesBack(t *testing.T) {
	n, _ := Parse([]byte(documented), home)
	w := retry.Wake{Name: "name", Wait: strings.Repeat("a", 64), Again: 2}
	payload, err := WakePayload(w, n)
	if err != nil {
		t.Fatal(err)
	}
	got, problem := Parse(payload, home)
	if problem != nil {
		t.Fatalf("got %+v, want the notice back", problem)
	}
	want := n
	want.Door, want.Wake = retry.DoorWake, retry.Wake{Wait: w.Wait, Again: 2}
	if got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	foreign := strings.Replace(string(payload), "123456789012", "210987654321", 1)
	if _, problem := Parse([]byte(foreign), home); problem == nil || problem.Reason != retry.Foreign {
		t.Errorf("another account's wake: got %+v, want it ignored as foreign", problem)
	}
}
