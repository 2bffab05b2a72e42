package pipelines_test

import (
	"errors"
	"strings"
	"testing"

	"mulligan/internal/awstest"
	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// steps are the rows of an execution by name.
func steps(t *testing.T, c awstest.Config, failing ...awstest.Step) (asker, map[string]retry.Step) {
	t.Helper()
	account, sagemaker, arn := stand(t, awstest.Script{Runs: []awstest.Run{awstest.Fails(failing...)}}, c)
	rows, err := sagemaker.Steps(t.Context(), arn)
	if err != nil {
		t.Fatal(err)
	}
	byName := map[string]retry.Step{}
	for _, row := range rows {
		byName[row.Name] = row
	}
	return asker{account, func(ref string) (cause.Job, error) { return sagemaker.Job(t.Context(), ref) }}, byName
}

type asker struct {
	*awstest.Account
	job func(ref string) (cause.Job, error)
}

// Each job that a step can have says what its operation knows.
func TestJob(t *testing.T) {
	says := &awstest.Job{Status: "Stopped", Secondary: "MaxRuntimeExceeded", Reason: "said", Exit: "left"}
	at, rows := steps(t, awstest.Config{},
		awstest.Step{Name: "Train", Reason: awstest.ReasonSeeJobLogs, Job: says},
		awstest.Step{Name: "Prepare", Kind: awstest.Processing, Job: says},
		awstest.Step{Name: "Quality", Kind: awstest.QualityCheck, Job: says},
		awstest.Step{Name: "Bias", Kind: awstest.ClarifyCheck, Job: says},
		awstest.Step{Name: "Score", Kind: awstest.Transform, Job: says, Instance: "ml.g5.xlarge"},
	)
	processed := cause.Job{Status: "Stopped", Reason: "said", Exit: "left", Instance: "ml.m5.large"}
	for step, want := range map[string]cause.Job{
		"Train":   {Status: "Stopped", Secondary: "MaxRuntimeExceeded", Reason: "said", Instance: "ml.m5.large"},
		"Prepare": processed, "Quality": processed, "Bias": processed,
		"Score": {Status: "Stopped", Reason: "said", Instance: "ml.g5.xlarge"},
	} {
		ref := rows[step].Ref
		want.Name = ref[strings.LastIndex(ref, "/")+1:]
		if got, err := at.job(ref); err != nil || got != want {
			t.Errorf("%s: got %+v, %v; want %+v", step, got, err, want)
		}
		if got, err := at.job(strings.ToLower(ref)); err != nil || got != want {
			t.Errorf("%s in lower case: got %+v, %v", step, got, err)
		}
	}
	if v := at.Violations(); len(v) > 0 {
		t.Errorf("violations: %q", v)
	}
}

// Every other kind of step has no job to ask, and neither has one whose job was
// never created.
func TestStepsWithoutAJob(t *testing.T) {
	_, rows := steps(t, awstest.Config{},
		awstest.Step{Name: "Tune", Kind: awstest.Tuning}, awstest.Step{Name: "Auto", Kind: awstest.AutoML},
		awstest.Step{Name: "Model", Kind: awstest.CreateModel}, awstest.Step{Name: "Register", Kind: awstest.RegisterModel},
		awstest.Step{Name: "Call", Kind: awstest.Lambda}, awstest.Step{Name: "Gate", Kind: awstest.FailStep},
		awstest.Step{Name: "Cluster", Kind: awstest.EMR}, awstest.Step{Name: "Refused", Reason: awstest.ReasonAccessDenied},
	)
	for name, row := range rows {
		if row.Ref != "" {
			t.Errorf("%s: got job %q, want none", name, row.Ref)
		}
	}
}

func TestJobIsGone(t *testing.T) {
	for _, code := range []string{"ValidationException", "ResourceNotFound"} {
		at, rows := steps(t, awstest.Config{Unknowns: awstest.Unknowns{MissingJobCode: code}}, awstest.Step{Name: "Train"})
		ref := rows["Train"].Ref + "0"
		_, err := at.job(ref)
		if !errors.Is(err, retry.ErrGone) || !strings.Contains(err.Error(), "sagemaker:DescribeTrainingJob: "+ref+" does not exist") {
			t.Errorf("%s: got %v, want ErrGone that names the job", code, err)
		}
	}
}

// What is no job is asked of nobody.
func TestNoJob(t *testing.T) {
	at, _ := steps(t, awstest.Config{}, awstest.Step{Name: "Train"})
	at.ForgetCalls()
	for _, ref := range []string{
		"", "train", "arn:aws:sagemaker:eu-west-1:123456789012:training-job/", "arn:aws:sagemaker:eu-west-1:123456789012:training-job",
		"arn:aws:sagemaker:eu-west-1:123456789012:hyper-parameter-tuning-job/a", "arn:aws:lambda:eu-west-1:123456789012:training-job/a",
		"arn:aws:sagemaker:eu-west-1:123456789012:pipeline/churn/execution/a",
	} {
		_, err := at.job(ref)
		if err == nil || errors.Is(err, retry.ErrGone) || !strings.Contains(err.Error(), `"`+ref+`"`) {
			t.Errorf("%q: got %v, want an error that names it", ref, err)
		}
	}
	if calls := at.Calls(); len(calls) != 0 {
		t.Errorf("made %d calls", len(calls))
	}
}

func TestJobErrors(t *testing.T) {
	at, rows := steps(t, awstest.Config{}, awstest.Step{Name: "Train"}, awstest.Step{Name: "Prepare", Kind: awstest.Processing}, awstest.Step{Name: "Score", Kind: awstest.Transform})
	for step, op := range map[string]string{"Train": "DescribeTrainingJob", "Prepare": "DescribeProcessingJob", "Score": "DescribeTransformJob"} {
		ref := rows[step].Ref
		at.FailNext(op, 1, awstest.Fault{Code: "AccessDeniedException"})
		if _, err := at.job(ref); err == nil || !strings.Contains(err.Error(), "sagemaker:"+op+" on "+ref+" is not allowed") {
			t.Errorf("denied: got %v, want it to name the action and the job", err)
		}
		at.FailNext(op, 2, awstest.Fault{Code: "ThrottlingException"})
		if _, err := at.job(ref); err != nil {
			t.Errorf("two throttles: got %v", err)
		}
	}
}

func TestSpoiledJobs(t *testing.T) {
	for _, spoil := range []awstest.Spoil{awstest.Empty, awstest.Truncated, awstest.WrongType, awstest.Huge} {
		at, rows := steps(t, awstest.Config{}, awstest.Step{Name: "Train"})
		at.FailNext("DescribeTrainingJob", 3, awstest.Fault{Body: spoil})
		if got, err := at.job(rows["Train"].Ref); err == nil || errors.Is(err, retry.ErrGone) {
			t.Errorf("spoil %v: got %+v, %v; want an error", spoil, got, err)
		}
	}
}

// Where no job was created, the refused call tells the type.
func TestTypeOfAStepWithoutAJob(t *testing.T) {
	const failed = "ClientError: Failed to invoke "
	for reason, want := range map[string]string{
		awstest.ReasonQuotaZero():                                  "Training",
		failed + "sagemaker:CreateProcessingJob. Error Details: x": "Processing",
		failed + "sagemaker:CreateTransformJob: x":                 "Transform",
		failed + "sagemaker:CreateHyperParameterTuningJob, x":      "Tuning",
		failed + "sagemaker:CreateAutoMLJobV2":                     "AutoML",
		failed + "sagemaker:CreateAutoMLJob. x":                    "AutoML",
		failed + "sagemaker:CreateModel. x":                        "Model",
		failed + "sagemaker:CreateModelPackage. x":                 "RegisterModel",
		failed + "sagemaker:CreateEndpointConfig. x":               "EndpointConfig",
		failed + "sagemaker:CreateEndpoint. x":                     "Endpoint",
		failed + "lambda:Invoke. x":                                "Lambda",
		"clienterror: FAILED TO INVOKE LAMBDA:INVOKEFUNCTION\nx":   "Lambda",
		failed + "elasticmapreduce:AddJobFlowSteps. x":             "EMR",
		failed + "elasticmapreduce:RunJobFlow. x":                  "EMR",
		failed + "emr-serverless:StartJobRun. x":                   "EMRServerless",
		failed + "sagemaker:CreateSomethingElse. x":                "",
		failed:                        "",
		"":                            "",
		"sagemaker:CreateTrainingJob": "",
		strings.Repeat("x", 300) + failed + "sagemaker:CreateTrainingJob. x": "",
	} {
		_, rows := steps(t, awstest.Config{}, awstest.Step{Name: "Step", NotCreated: true, Reason: reason})
		if got := rows["Step"]; got.Type != want || got.Ref != "" {
			t.Errorf("%q: got type %q, job %q; want type %q and none", reason, got.Type, got.Ref, want)
		}
	}
	_, rows := steps(t, awstest.Config{}, awstest.Step{Name: "Step", Kind: awstest.Processing, Reason: failed + "lambda:Invoke"})
	if got := rows["Step"].Type; got != "Processing" {
		t.Errorf("got %q, want what the metadata says", got)
	}
}
