package cause

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

const inUse = " Instances, with current utilization of 4 Instances and a request delta of 1 Instances. Please use AWS Service Quotas to request an increase for this quota."

func TestScarce(t *testing.T) {
	tests := []struct{ name, reason, want string }{
		{"quota", "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: The account-level service limit 'ml.g5.xlarge for training job usage' is 4" + inUse, "ml.g5.xlarge for training job usage"},
		{"quota in capitals", "ResourceLimitExceeded: The account-level service limit 'Number of instances across all Training Jobs' is 4" + inUse, "number of instances across all training jobs"},
		{"quota in double quotes", `The account-level service quota "ml.c5.xlarge for processing job usage" is 4` + inUse, "ml.c5.xlarge for processing job usage"},
		{"quota in a printed text", `The account-level service limit \'ml.c5.xlarge for processing job usage\' is 4` + inUse, "ml.c5.xlarge for processing job usage"},
		{"quota without quotes", "The account- service limit ml.c5.xlarge for processing job usage is 4" + inUse, "ml.c5.xlarge for processing job usage"},
		{"the quota that has no room", "The account-level service limit 'ml.c5.xlarge for processing job usage' is 9" + inUse +
			" The account-level service limit 'ml.c5.2xlarge for processing job usage' is 4" + inUse, "ml.c5.2xlarge for processing job usage"},
		{"a service's runs", "ConcurrentRunsExceededException: Concurrent runs exceeded for job daily on m5.xlarge", ""},
		{"capacity of SageMaker", "CapacityError: Unable to provision requested ML compute capacity for ml.p4d.24xlarge. Please retry using a different ML instance type, such as ml.p3.16xlarge.", "ml.p4d.24xlarge"},
		{"capacity of EC2", "An error occurred (InsufficientInstanceCapacity) when calling the RunInstances operation (reached max retries: 4): We currently do not have sufficient p4d.24xlarge capacity in the Availability Zone you requested (us-east-1c).", "p4d.24xlarge"},
		{"in brackets", "Your requested instance type (p3.2xlarge) is not available right now in the requested Availability Zone (us-east-1c).", "p3.2xlarge"},
		{"in capitals", "CapacityError: Unable to provision requested ML compute capacity: ML.G5.12XLARGE", "ml.g5.12xlarge"},
		{"at the end of a sentence", "There is not enough capacity available for ml.p6e-gb200.36xlarge.", "ml.p6e-gb200.36xlarge"},
		{"of bare metal", "There is insufficient capacity for u-6tb1.metal in eu-west-1b", "u-6tb1.metal"},
		{"of a size of bare metal", "There is insufficient capacity for c7i.metal-48xl in eu-west-1b", "c7i.metal-48xl"},
		{"spot", "ClientError: The managed spot training instances (ml.g4dn.xlarge) were interrupted.", "ml.g4dn.xlarge"},
		{"none named", "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.", ""},
		{"a family alone", "AWS Batch: The job could not be placed as no instances with p4d are available", ""},
		{"a host", "There is insufficient capacity on worker.m5.large.internal", ""},
		{"a path", "There is insufficient capacity, see runs/m5.large", ""},
		{"a file", "There is insufficient capacity, see m5.large.log and v1.2.3 and node5.medium-term", ""},
		{"an ARN", "There is insufficient capacity for arn:aws:sagemaker:eu-west-1:111122223333:training-job/m5.large", ""},
		{"nothing ran short", "InternalServerError: We encountered an internal error on ml.m5.large. Please try again.", ""},
		{"it does not pass", "The account-level service limit 'ml.g5.xlarge for training job usage' is 0" + inUse, ""},
		{"it may stay", "The account-level service limit 'ml.g5.xlarge for endpoint usage' is 4" + inUse, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ReadReason(tt.reason, "Training")
			if got.Scarce != tt.want {
				t.Errorf("%s %s: got %q, want %q", got.Label, got.Class, got.Scarce, tt.want)
			}
			if tt.want != "" && got.Label != Transient {
				t.Errorf("got %s: the text proves nothing", got.Label)
			}
			checkScarce(t, got)
		})
	}
}

func TestScarceOfJob(t *testing.T) {
	const nameless = "CapacityError: Unable to provision requested ML compute capacity."
	tests := []struct {
		name, reason string
		job          *Job
		want         string
	}{
		{"not looked at", nameless, nil, ""},
		{"does not tell", nameless, &Job{Status: "Failed"}, ""},
		{"tells", nameless, &Job{Status: "Failed", Instance: "ml.p4d.24xlarge"}, "ml.p4d.24xlarge"},
		{"the text goes first", nameless + " ml.g5.xlarge", &Job{Instance: "ml.p4d.24xlarge"}, "ml.g5.xlarge"},
		{"its reason goes first", "", &Job{Reason: nameless + " ml.g5.xlarge", Instance: "ml.p4d.24xlarge"}, "ml.g5.xlarge"},
		{"its state", "", &Job{Status: "Stopped", Secondary: "Interrupted", Instance: "ml.g4dn.XLARGE"}, "ml.g4dn.xlarge"},
		{"of a service's runs", "ConcurrentRunsExceededException: Concurrent runs exceeded for job daily", &Job{Instance: "ml.m5.large"}, ""},
		{"nothing ran short", "AlgorithmError: KeyError: 'label'", &Job{Instance: "ml.m5.large"}, ""},
		{"made fit for a key", nameless, &Job{Instance: "\x1b" + strings.Repeat("\u00e9", 60)}, strings.Repeat("\u00e9", 50)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Read([]Step{{Name: "Train", Type: "Training", Reason: tt.reason, Ref: "arn", Job: tt.job}})
			if got.Scarce != tt.want {
				t.Errorf("%s %s: got %q, want %q", got.Label, got.Class, got.Scarce, tt.want)
			}
			checkScarce(t, got)
		})
	}
}

func checkScarce(t *testing.T, c Cause) {
	t.Helper()
	if c.Scarce != "" && !c.runsShort() {
		t.Errorf("%s %s: %q cannot have run short", c.Label, c.Class, c.Scarce)
	}
	if len(c.Scarce) > scarceBytes || !utf8.ValidString(c.Scarce) || c.Scarce != lower(c.Scarce) {
		t.Errorf("%q: want at most %d bytes of lower case", c.Scarce, scarceBytes)
	}
	if strings.ContainsFunc(c.Scarce, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%q is not printable", c.Scarce)
	}
}
