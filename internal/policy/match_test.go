package policy

import (
	"strings"
	"testing"
	"time"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern, name string
		want          bool
	}{
		{"train", "Train", true}, {"train", "trainer", false}, {"train*", "trainer", true}, {"*", "", true}, {"*", "x", true},
		{"*-gpu", "nightly-gpu", true}, {"*-gpu", "nightly-gpu-2", false}, {"a*b*c", "a-b-c", true}, {"a*b*c", "abc", true},
		{"a*b*c", "acb", false}, {"ab*ba", "aba", false}, {"ab*ba", "abba", true}, {"**", "x", true}, {"a**b", "ab", true}, {"", "", true}, {"", "x", false},
	}
	for _, test := range tests {
		if got := Match(test.pattern, test.name); got != test.want {
			t.Errorf("%q on %q: got %t", test.pattern, test.name, got)
		}
	}
}

func TestMentions(t *testing.T) {
	const text = "AlgorithmError: NCCL  error\nin: ProcessGroupNCCL.cpp, unhandled system error"
	for pattern, want := range map[string]bool{
		"nccl error": true, "NCCL * system error": true, "system error * nccl error": false, "*": true, "gloo": false, " nccl *": true,
	} {
		if got := mentions(pattern, plain(text)); got != want {
			t.Errorf("%q: got %t", pattern, got)
		}
	}
}

// FuzzMatch compares with the plainest matcher there is.
func FuzzMatch(f *testing.F) {
	f.Add("a*b*c", "aXbYc")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if len(pattern) > 12 || len(name) > 40 || strings.Count(pattern, "*") > 4 {
			return
		}
		if got, want := Match(pattern, name), slowly(strings.ToLower(pattern), strings.ToLower(name)); got != want {
			t.Errorf("%q on %q: got %t, want %t", pattern, name, got, want)
		}
	})
}

func slowly(pattern, name string) bool {
	if pattern == "" {
		return name == ""
	}
	if pattern[0] == '*' {
		for i := range len(name) + 1 {
			if slowly(pattern[1:], name[i:]) {
				return true
			}
		}
		return false
	}
	return name != "" && pattern[0] == name[0] && slowly(pattern[1:], name[1:])
}

func TestUnmet(t *testing.T) {
	base := failure(cause.Capacity, cause.Transient)
	base.Cause.Type, base.Message, base.Retry, base.Age = "Training", plain("No  ml.p4d.24xlarge capacity"), 2, 2*time.Hour
	whole := When{
		Classes: []cause.Class{cause.Capacity}, Labels: []cause.Label{cause.Transient}, StepTypes: []string{"training"},
		Pipelines: []string{"tr*"}, Message: "p4d * capacity", Retry: Range{2, 3}, Age: Ages{time.Hour, 3 * time.Hour},
	}
	permanent := failure(cause.Capacity, cause.Permanent)
	tests := []struct {
		name string
		when When
		c    retry.Case
		want condition
	}{
		{"all hold", whole, base, none},
		{"nothing asked", When{}, base, none},
		{"nothing asked, permanent", When{}, permanent, onLabel},
		{"class asked, permanent", When{Classes: []cause.Class{cause.Capacity}}, permanent, onLabel},
		{"permanent asked by name", When{Labels: []cause.Label{cause.Permanent}}, permanent, none},
		{"class", When{Classes: []cause.Class{cause.Network, cause.Unknown}}, base, onClass},
		{"step type", When{StepTypes: []string{"EMR"}}, base, onStepType},
		{"pipeline", When{Pipelines: []string{"x*", "y"}}, base, onPipeline},
		{"message", When{Message: "p5"}, base, onMessage},
		{"retry too early", When{Retry: Range{From: 3}}, base, onRetry},
		{"retry too late", When{Retry: Range{To: 1}}, base, onRetry},
		{"too young", When{Age: Ages{From: 3 * time.Hour}}, base, onAge},
		{"as old as it may not be", When{Age: Ages{To: 2 * time.Hour}}, base, onAge},
		{"just old enough", When{Age: Ages{From: 2 * time.Hour}}, base, none},
	}
	for _, test := range tests {
		if got := test.when.unmet(test.c); got != test.want {
			t.Errorf("%s: got %d, want %d", test.name, got, test.want)
		}
	}
}
