package cause

import (
	"fmt"
	"strings"
	"testing"
)

// hostile are texts that make a careless matcher slow.
var hostile = map[string]string{
	"letters":  "a",
	"pairs":    "a ",
	"errors":   "error ",
	"starts":   "insufficient ",
	"quotas":   "account-level service limit ",
	"wrappers": "ClientError: ",
	"codes":    "AbcError: ",
	"numbers":  "status code 503 ",
	"quotes":   "Command \"",
	"invalid":  "\xff\u202e",
	"images":   "image manifest for ",
	"tokens":   "https://x/y ",
	"hex":      "0a1b2c3d4e",
}

// TestWorkIsBounded: past readAtMost, a longer text costs no more than the
// memory to hold its two ends.
func TestWorkIsBounded(t *testing.T) {
	for name, unit := range hostile {
		t.Run(name, func(t *testing.T) {
			small, large := strings.Repeat(unit, readAtMost/len(unit)), strings.Repeat(unit, 1<<20/len(unit))
			a := testing.AllocsPerRun(3, func() { ReadReason(small, "") })
			b := testing.AllocsPerRun(3, func() { ReadReason(large, "") })
			if b > a+4 {
				t.Errorf("%.0f allocations for 1 MB, %.0f for 8 KB", b, a)
			}
			if m := open(large, ""); len(m.low) > readAtMost+len(" ... ") {
				t.Errorf("%d bytes are read, want at most %d", len(m.low), readAtMost)
			}
			if n, most := comparisons(small), comparisons(small[:len(small)/4])*5+1000; n > most {
				t.Errorf("%d places looked at for a text four times as long, want at most %d", n, most)
			}
		})
	}
}

// comparisons counts the places of a text at which the search for every phrase
// of every rule stops, those behind a "*" included.
func comparisons(reason string) int {
	m := open(reason, "")
	n := 0
	for i := range m.book.entries {
		for j := range m.book.entries[i].says {
			n += m.book.entries[i].says[j].places(m.low)
		}
	}
	return n
}

func (p *phrase) places(low string) int {
	n := 0
	for from := 0; ; n++ {
		_, end, ok := p.findWords(low, from)
		if !ok {
			return n
		}
		if p.rest != nil {
			n += p.rest.places(low[end:min(end+gap, len(low))])
		}
		from = end
	}
}

// typical are messages as SageMaker writes them.
func typical() map[string]string {
	return map[string]string{
		"capacity":  "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type.",
		"traceback": "AlgorithmError: framework error: \nTraceback (most recent call last):\n" + strings.Repeat("  File \"/opt/ml/code/train.py\", line 88, in train\n    entrypoint()\n", 13) + "KeyError: 'label'",
		"unknown":   strings.Repeat("no words that are known ", 42),
		"prose": "ClientError: An error occurred (ValidationException) when calling the CreateProcessingJob operation: the request was not read " +
			"because another of its members was given in a form which the operation of this service does not take, see the guide for members",
	}
}

// TestAllocations: what one reading allocates hangs on the text, not on how many
// rules there are. The bound is far below their number.
func TestAllocations(t *testing.T) {
	const most = 24
	if rules := len(Rules()); rules < 3*most {
		t.Fatalf("%d rules: the bound of %d proves nothing", rules, most)
	}
	for name, reason := range typical() {
		if n := testing.AllocsPerRun(20, func() { ReadReason(reason, "Training") }); n > most {
			t.Errorf("%s: %.0f allocations, want at most %d", name, n, most)
		}
	}
}

func BenchmarkReadReason(b *testing.B) {
	for name, reason := range typical() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ReadReason(reason, "Training")
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(reason)), "ns/byte")
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N)/50, "of-50us")
		})
	}
	for name, unit := range hostile {
		for _, kb := range []int{8, 64, 1024} {
			text := strings.Repeat(unit, kb<<10/len(unit))
			b.Run(fmt.Sprintf("hostile/%s/%dKB", name, kb), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ReadReason(text, "Training")
				}
			})
		}
	}
}

func BenchmarkFingerprint(b *testing.B) {
	reason := typical()["traceback"]
	b.ReportAllocs()
	for b.Loop() {
		Fingerprint(reason)
	}
}
