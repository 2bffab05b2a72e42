package cause

import (
	"strings"
	"testing"
)

func TestJobIsRead(t *testing.T) {
	const ref = "arn:aws:sagemaker:eu-west-1:111122223333:training-job/pipelines-e1-Train-a1"
	const silent = "AlgorithmError: See job logs for more information"
	tests := []struct {
		name  string
		step  Step
		class Class
		label Label
		rule  string
		shows string // in the evidence
	}{
		{"not looked at", Step{Reason: silent}, UserCode, Ambiguous, "user_code_silent", "See job logs"},
		{"nothing new", Step{Reason: silent, Job: &Job{Status: "Failed", Reason: "ClientError: " + silent}},
			UserCode, Ambiguous, "user_code_silent", "See job logs"},
		{"spot interruption", Step{Reason: silent, Job: &Job{Status: "Stopped", Secondary: "Interrupted"}},
			SpotInterruption, Transient, "job_interrupted", "the job's state: Interrupted"},
		{"spot never came", Step{Job: &Job{Status: "Stopped", Secondary: "MaxWaitTimeExceeded"}},
			SpotInterruption, Transient, "job_waited", "MaxWaitTimeExceeded"},
		{"a stop that was none", Step{Reason: "The job was stopped.", Job: &Job{Secondary: "Interrupted"}},
			SpotInterruption, Transient, "job_interrupted", "Interrupted"},
		{"a person stopped it", Step{Reason: "Stopped by user", Job: &Job{Secondary: "Interrupted"}},
			StoppedOrTimeout, Permanent, "stopped", "Stopped by user"},
		{"too long", Step{Job: &Job{Status: "Stopped", Secondary: "MaxRuntimeExceeded"}},
			StoppedOrTimeout, Permanent, "job_ran_too_long", "MaxRuntimeExceeded"},
		{"processing job was stopped", Step{Job: &Job{Status: "Stopped"}}, StoppedOrTimeout, Permanent, "job_stopped", "Stopped"},
		{"its reason tells", Step{Reason: silent, Job: &Job{Reason: "CapacityError: Unable to provision requested ML compute capacity."}},
			Capacity, Transient, "no_capacity", "the job's FailureReason: CapacityError"},
		{"its exit message tells", Step{Reason: silent, Job: &Job{Exit: "Traceback (most recent call last):\n  File \"a.py\", line 3\nKeyError: 'label'"}},
			UserCode, Permanent, "python_exception", "the job's ExitMessage: "},
		{"the container is not believed", Step{Reason: silent, Job: &Job{Exit: "503 Service Unavailable, please try again later"}},
			ServiceFault, Ambiguous, "service_fault", "503"},
		{"permanent stays", Step{Reason: "KeyError: 'label'", Job: &Job{Secondary: "Interrupted", Reason: "InternalServerError: We encountered an internal error. Please try again."}},
			UserCode, Permanent, "python_exception", "KeyError"},
		{"permanent beats transient", Step{Reason: "InternalServerError: We encountered an internal error.", Job: &Job{Reason: "AlgorithmError: CUDA out of memory"}},
			OutOfMemory, Permanent, "out_of_memory", "CUDA out of memory"},
		{"unknown words change nothing", Step{Reason: silent, Job: &Job{Reason: "no words that are known"}},
			UserCode, Ambiguous, "user_code_silent", "See job logs"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.step.Name, tt.step.Type, tt.step.Ref = "Train", "Training", ref
			got := Read([]Step{tt.step})
			if got.Class != tt.class || got.Label != tt.label || got.Rule != tt.rule || !strings.Contains(got.Evidence, tt.shows) {
				t.Errorf("got %+v, want %s %s by %q, evidence with %q", got, tt.label, tt.class, tt.rule, tt.shows)
			}
			if got.Step != "Train" || got.Type != "Training" || got.Fingerprint == "" || got.Confidence == "" {
				t.Errorf("not whole: %+v", got)
			}
			checkEvidence(t, got.Evidence)
		})
	}
}

// TestJobNeverMakesTransient puts every transient example into the job of every
// permanent one.
func TestJobNeverMakesTransient(t *testing.T) {
	all := load(t, "testdata/reasons.jsonl")
	for _, bad := range all {
		if bad.Label != Permanent {
			continue
		}
		for _, good := range all {
			if good.Label != Transient {
				continue
			}
			step := Step{Reason: bad.Message, Type: bad.StepType, Ref: "arn", Job: &Job{Reason: good.Message, Exit: good.Message}}
			if got := Read([]Step{step}); got.Label != Permanent {
				t.Errorf("%s with the job saying %s: %s by %q", bad.ID, good.ID, got.Label, got.Rule)
			}
		}
	}
}

func TestBare(t *testing.T) {
	tests := []struct {
		reason string
		want   bool
	}{
		{"", true},
		{"  \n", true},
		{"AlgorithmError: See job logs", true},
		{"ClientError: See job logs for more information", true},
		{"Error for Transform job a-2020: Failed. Reason: AlgorithmError: See job logs for more information", true},
		{"AlgorithmError: , exit code: 1", true},
		{"AlgorithmError: Exit Code: 139", true},
		{"AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"\"", true},
		{"AlgorithmError: ExecuteUserScriptError:\nCommand \"/opt/conda/bin/python3.6 train.py --epochs 3", true},
		{"The job was stopped.", true},
		{"Stopped", true},
		{"Retry not appropriate on execution of step with StepId S. No retry policy configured for the exception type SAGEMAKER_JOB_INTERNAL_ERROR.", true},
		{"AlgorithmError: , exit code: 137", false},
		{"Stopped by user", false},
		{"AlgorithmError: ExecuteUserScriptError:\nExitCode 1\nErrorMessage \"KeyError: 'label'\"", false},
		{"CapacityError: Unable to provision requested ML compute capacity.", false},
		{"ClientError: 400", false},
		{"no words that are known", false},
		{"AlgorithmError: framework error: \nTraceback (most recent call last):\n  File \"a.py\", line 3, in main\n    run(", false},
	}
	for _, tt := range tests {
		step := Step{Name: "Train", Type: "Training", Reason: tt.reason, Ref: "arn:aws:sagemaker:eu-west-1:111122223333:training-job/x"}
		if got := step.Bare(); got != tt.want {
			t.Errorf("%q: bare %v, want %v", tt.reason, got, tt.want)
		}
		step.Ref = ""
		if step.Bare() {
			t.Errorf("%q: bare without a job", tt.reason)
		}
	}
	fail := Step{Type: "Fail", Ref: "arn"}
	if fail.Bare() {
		t.Error("a Fail step has no job to look at")
	}
}

func TestConfidence(t *testing.T) {
	for reason, want := range map[string]Confidence{
		"An error occurred (ThrottlingException) when calling the GetItem operation: Rate exceeded":                                                                           High,
		"The account-level service limit 'ml.c5.xlarge for processing job usage' is 4 Instances, with current utilization of 4 Instances and a request delta of 1 Instances.": High,
		"the connection was closed":                    Medium,
		"AlgorithmError: raise Throttled('slow down')": Medium,
		"AlgorithmError: See job logs":                 Low,
		"A limit was met":                              Low,
		"no words that are known":                      "",
	} {
		if got := ReadReason(reason, "").Confidence; got != want {
			t.Errorf("%q: %q, want %q", reason, got, want)
		}
	}
}
