package cause

import (
	"fmt"
	"strings"
	"testing"
)

func TestFind(t *testing.T) {
	tests := []struct {
		low, phrase string
		want        int // -1: not there
	}{
		{"no capacity left", "capacity", 3},
		{"capacityplanner", "capacity", -1},
		{"capacity_planner", "capacity", -1},
		{"throttled", "throttl~", 0},
		{"ec2throttled", "throttl~", -1},
		{"ec2throttled", "~throttl~", 3},
		{"status (503): x", "(503)", 7},
		{"image a/b:1 not found", "image * not found", 0},
		{"not found: image", "image * not found", -1},
		{"image " + strings.Repeat("x", gap) + " not found", "image * not found", -1},
		{"oomph, oom", "oom", 7},
		{"", "oom", -1},
	}
	for _, tt := range tests {
		p := newPhrase(tt.phrase)
		got, ok := p.find(tt.low)
		if !ok {
			got = -1
		}
		if got != tt.want {
			t.Errorf("find(%q, %q) = %d, want %d", tt.low, tt.phrase, got, tt.want)
		}
	}
}

func TestQuotaArithmetic(t *testing.T) {
	tests := []struct {
		name                string
		limit, used, wanted int
		usage               string
		class               Class
		label               Label
	}{
		{"nought", 0, 0, 1, "training job usage", QuotaZero, Permanent},
		{"wanted is the limit", 4, 1, 4, "training job usage", QuotaContention, Transient},
		{"wanted is over the limit", 4, 0, 5, "training job usage", QuotaZero, Permanent},
		{"used is over the limit", 2, 3, 1, "processing job usage", QuotaContention, Transient},
		{"endpoint", 2, 2, 1, "endpoint usage", QuotaContention, Ambiguous},
		{"endpoint never", 2, 2, 3, "endpoint usage", QuotaZero, Permanent},
		{"notebook", 2, 2, 1, "notebook instance usage", QuotaContention, Ambiguous},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reason := fmt.Sprintf("ClientError: Failed to invoke sagemaker:CreateX. Error Details: The account-level service limit 'ml.m5.large for %s' is %d Instances, with current utilization of %d Instances and a request delta of %d Instances.",
				tt.usage, tt.limit, tt.used, tt.wanted)
			if got := ReadReason(reason, ""); got.Class != tt.class || got.Label != tt.label {
				t.Errorf("got %s %s by %q, want %s %s", got.Label, got.Class, got.Rule, tt.label, tt.class)
			}
		})
	}
}

func TestLeadingInt(t *testing.T) {
	for s, want := range map[string]int{"12 x": 12, "1,024.": 1024, "2, 3": 2, "XXX": -1, "": -1, "-1": -1, "99999999999999": 9999999999} {
		if got := leadingInt(s); got != want {
			t.Errorf("leadingInt(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestOpen(t *testing.T) {
	m := open("UnexpectedStatusException: Error for Training job x: Failed. Reason: ClientError: ClientError:  An error occurred (SlowDown) when calling the GetObject operation: s3://b/disk-full\nRetry not appropriate on execution of step with StepId A. No retry policy configured for the exception type SERVICE_FAULT.", "Training")
	if want := "An error occurred (SlowDown) when calling the GetObject operation: s3://b/disk-full"; m.text != want {
		t.Errorf("text %q, want %q", m.text, want)
	}
	if m.policy != "service_fault" {
		t.Errorf("policy %q, want service_fault", m.policy)
	}
	if strings.Contains(m.low, "disk") || len(m.low) != len(m.text) {
		t.Errorf("low %q shows a name that the user chose, or has other offsets", m.low)
	}
	if !m.sdkSays([]string{"slowdown"}) || m.user || m.cut {
		t.Errorf("codes %+v, user %v, cut %v", m.codes, m.user, m.cut)
	}
}

func TestLastRaised(t *testing.T) {
	m := open("AlgorithmError: Traceback (most recent call last): KeyError: 'a' During handling of the above exception, another exception occurred: app.errors.TypeError: b", "")
	if m.raised == nil || m.raised.name != "typeerror" {
		t.Errorf("raised %+v, want typeerror", m.raised)
	}
}
