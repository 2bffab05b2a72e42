package retry

import (
	"strings"
	"testing"
)

func TestParseExecutionARN(t *testing.T) {
	const good = "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/My-Pipeline/execution/abc123def456"
	got, err := ParseExecutionARN(good)
	if err != nil || got.String() != good {
		t.Fatalf("got %v, %v; want it as it was spelled", got, err)
	}
	for _, same := range []string{strings.Replace(good, "My", "mY", 1), strings.Replace(good, "abc", "ABC", 1), strings.Replace(good, "eu-west", "EU-West", 1)} {
		if other, err := ParseExecutionARN(same); err != nil || !got.Same(other) {
			t.Errorf("%s: got %v, want the same execution", same, err)
		}
	}
	bad := map[string]string{
		"empty":             "",
		"a pipeline":        "arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p",
		"a training job":    "arn:aws:sagemaker:eu-west-1:123456789012:training-job/x",
		"another service":   strings.Replace(good, "sagemaker", "states", 1),
		"another partition": strings.Replace(good, "arn:aws", "arn:gcp", 1),
		"short account":     strings.Replace(good, "123456789012", "12345678901", 1),
		"letters":           strings.Replace(good, "123456789012", "12345678901x", 1),
		"wildcard":          strings.Replace(good, "abc123", "*", 1),
		"newline":           good + "\n",
		"NUL":               good + "\x00",
		"extra part":        good + "/step",
		"extra colon":       good + ":1",
		"no name":           strings.Replace(good, "My-Pipeline", "", 1),
		"not ASCII":         strings.Replace(good, "My", "Mÿ", 1),
		"2,049 characters":  good + strings.Repeat("a", 2049-len(good)),
		"no Region":         strings.Replace(good, "eu-west-1", "", 1),
	}
	for name, text := range bad {
		if got, err := ParseExecutionARN(text); err == nil {
			t.Errorf("%s: got %v, want an error", name, got)
		} else if !strings.HasPrefix(err.Error(), "expected arn:") {
			t.Errorf("%s: %q does not say what was expected", name, err)
		}
	}
}

func FuzzParseExecutionARN(f *testing.F) {
	f.Add("arn:aws:sagemaker:eu-west-1:123456789012:pipeline/p/execution/e")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseExecutionARN(text)
		if err != nil {
			return
		}
		again, err := ParseExecutionARN(got.String())
		if err != nil || again != got || !got.Same(again) {
			t.Errorf("%q does not survive a round trip: %v, %v", text, again, err)
		}
	})
}
