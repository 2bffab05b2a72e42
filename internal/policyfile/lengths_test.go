package policyfile

import (
	"testing"
	"time"
)

func TestParseLength(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"2d": 48 * time.Hour, "1d12h": 36 * time.Hour, "90m": 90 * time.Minute, "0s": 0, "0d": 0,
		"": -1, "d": -1, "-1d": -1, "-1h": -1, "1d-1h": -1, "2": -1, "1.5d": -1, "99999999999d": -1, "1d1d": -1, "2 days": -1,
	} {
		if got, ok := ParseLength(text); ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: got %v, %t, want %v", text, got, ok, want)
		}
	}
}
