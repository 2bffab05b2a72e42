package cause

import (
	"regexp"
	"strings"
	"testing"
)

// TestSameFailure holds groups of reasons that differ only in what differs from
// run to run.
func TestSameFailure(t *testing.T) {
	const sentence = "\nRetry not appropriate on execution of step with PipelineExecutionArn arn:aws:sagemaker:eu-west-1:111122223333:pipeline/p/execution/e1 and StepId Train. No retry policy configured for the exception type ALL."
	for name, group := range map[string][]string{
		"wrappers": {
			"ClientError: Data download failed: access denied",
			"Error for Training job j-2024-01-02-03-04-05-678: Failed. Reason: ClientError: Data download failed: access denied",
			"clienterror:  Data Download\nfailed: Access denied.",
			"ClientError: Data download failed: access denied" + sentence,
		},
		"quota numbers": {
			"The account-level service limit 'ml.p3.2xlarge for training job usage' is 2 Instances, with current utilization of 2 Instances and a request delta of 1 Instances.",
			"The account-level service limit 'ml.p3.2xlarge for training job usage' is 1,024 Instances, with current utilization of 1,020 Instances and a request delta of 16 Instances.",
		},
		"ids": {
			"Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: 0A49CE4060975EAC; S3 Extended Request ID: UE4Lui9kYv/aBcD+x=)",
			"Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: ZZXW1QT3B8A7M2KP; S3 Extended Request ID: 9fQpLmN0/zYx8+w==)",
		},
		"uuids, hashes and addresses": {
			"worker 3f2504e0-4f89-11d3-9a0c-0305e82c3301 at 0x7efe16e2cf10 of image sha256:9b2c3fa11e lost",
			"worker abcdefab-cdef-abcd-efab-cdefabcdefab at 0x55d0c8a3 of image sha256:77aa01cc2b lost",
		},
		"hosts and times": {
			"2024-01-02T03:04:05.678Z ip-10-0-12-7.eu-west-1.compute.internal 10.0.12.7:8080 reset after 12.5s",
			"2025-11-30T23:59:59Z ip-172-31-1-200.eu-west-2.compute.internal 172.31.1.200:443 reset after 900ms",
		},
		"names of resources": {
			"cannot read s3://bucket-a/x/y.csv with arn:aws:iam::111122223333:role/A in account 111122223333",
			"cannot read s3://b/z with arn:aws:iam::444455556666:role/service-role/B in account 444455556666",
		},
		"jobs of pipelines": {
			"no log of pipelines-ztefwbnlgoif-Train-hJkLmNpQrS",
			"no log of pipelines-0a1b2c3d4e5f-Train-ABCdefGHIj",
		},
		"lines of a traceback": {
			"AlgorithmError: Traceback (most recent call last): File \"a.py\", line 88, in train KeyError: 'label'",
			"AlgorithmError: Traceback (most recent call last): File \"a.py\", line 1203, in train KeyError: 'label'",
		},
		"shapes": {"shape (32, 10) is wrong", "shape (64, 10, 3) is wrong"},
	} {
		for _, reason := range group[1:] {
			if Fingerprint(reason) != Fingerprint(group[0]) {
				t.Errorf("%s:\n%q\n%q", name, Normal(group[0]), Normal(reason))
			}
		}
	}
}

// TestOtherFailure holds groups of reasons that are alike and must be told apart.
func TestOtherFailure(t *testing.T) {
	for name, group := range map[string][]string{
		"quotas": {
			"The account-level service limit 'ml.p3.2xlarge for training job usage' is 2 Instances",
			"The account-level service limit 'ml.p3.8xlarge for training job usage' is 2 Instances",
			"The account-level service limit 'ml.p3.2xlarge for processing job usage' is 2 Instances",
		},
		"exceptions": {"AlgorithmError: KeyError: 'label'", "AlgorithmError: ValueError: 'label'", "AlgorithmError: KeyError: 'target'"},
		"columns":    {"KeyError: 'feature_12'", "KeyError: 'feature_13'"},
		"exit codes": {"AlgorithmError: , exit code: 1", "AlgorithmError: , exit code: 137", "AlgorithmError: , exit code: 139"},
		"status":     {"An error occurred (403) when calling the HeadObject operation", "An error occurred (404) when calling the HeadObject operation"},
		"errno":      {"OSError: [Errno 28]", "OSError: [Errno 12]"},
		"instances":  {"no m5.xlarge", "no m5.24xlarge", "no g4dn.xlarge", "no trn1.2xlarge"},
		"nothing":    {"", "x"},
	} {
		seen := map[string]string{}
		for _, reason := range group {
			if other, ok := seen[Fingerprint(reason)]; ok {
				t.Errorf("%s: %q and %q are both %q", name, other, reason, Normal(reason))
			}
			seen[Fingerprint(reason)] = reason
		}
	}
}

// TestCutChangesNothing: SageMaker keeps 1,024 characters of a reason, and where
// it cuts depends on the layers around it.
func TestCutChangesNothing(t *testing.T) {
	long := "AlgorithmError: framework error: \nTraceback (most recent call last):\n" +
		strings.Repeat("  File \"/opt/ml/code/train.py\", line 88, in train\n    entrypoint()\n", 40) + "KeyError: 'label'"
	wrapped := "Error for Training job job-2024-01-02-03-04-05-678: Failed. Reason: " + long
	want := Fingerprint(long[:1024])
	for _, reason := range []string{long[:1000], long, long[:1300], wrapped[:1024], long[:1024] + "\nRetry not appropriate on execution of step with StepId S"} {
		if Fingerprint(reason) != want {
			t.Errorf("%d bytes: %q, want %q", len(reason), Normal(reason), Normal(long[:1024]))
		}
	}
	if n := len(Normal(strings.Repeat("word ", 1<<18))); n > firmPrefix {
		t.Errorf("normal form of 1 MB has %d bytes", n)
	}
}

func TestFingerprintForm(t *testing.T) {
	form := regexp.MustCompile(`^[0-9a-f]{16}$`)
	for _, reason := range []string{"", "x", "\xff\x00", strings.Repeat("#", 5000)} {
		if got := Fingerprint(reason); !form.MatchString(got) {
			t.Errorf("Fingerprint(%.20q) = %q", reason, got)
		}
	}
	// Kept in ledgers: a change of this value breaks "the same failure again" for
	// every execution that is being watched.
	if got := Fingerprint("AlgorithmError: KeyError: 'label'"); got != "ef3d291cbf9525b3" {
		t.Errorf("got %s", got)
	}
}
