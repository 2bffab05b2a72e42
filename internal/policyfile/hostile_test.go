package policyfile

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"mulligan/internal/plaintext/plaintexttest"
)

// TestMemoryIsBounded: what is larger than any policy costs nothing, and what is
// refused before it is parsed a multiple of itself. The parser takes the square of
// its tokens, so their number is what bounds it.
func TestMemoryIsBounded(t *testing.T) {
	const square = 400 << 20 // of maxTokens
	for _, size := range []int{64 << 10, 250 << 10, 1 << 20} {
		for name, src := range large(size) {
			var findings []Finding
			n := allocated(func() { _, findings = Read("p.yaml", src) })
			checkFindings(t, findings)
			most := uint64(square)
			switch {
			case len(src) > maxSource:
				most = 4 << 10
			case strings.HasPrefix(findings[0].Message, "more YAML"), strings.HasPrefix(findings[0].Message, "a line of"):
				most = uint64(256 * len(src))
			}
			if n > most {
				t.Errorf("%s: %d bytes for %d, want at most %d", name, n, len(src), most)
			}
		}
	}
}

// TestWorkIsLinear is what is ours of the work, beside the parser's: twice as much
// is about twice the work, and far from four times.
func TestWorkIsLinear(t *testing.T) {
	for _, name := range []string{"comments", "empty lines", "folded", "deep", "quotes", "one line", "rules"} {
		of := func(size int) uint64 {
			src := large(size)[name]
			return allocated(func() { Read("p.yaml", src) })
		}
		if half, whole := of(16<<10), of(32<<10); whole > 3*half+1<<20 {
			t.Errorf("%s: %d bytes for 32 KB, %d for 16 KB", name, whole, half)
		}
	}
}

// TestAliasesAreRefused: a few lines that stand for millions are none.
func TestAliasesAreRefused(t *testing.T) {
	laughs := "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
	for i := range 30 {
		laughs += fmt.Sprintf("a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 9), ", "))
	}
	for name, src := range map[string]string{
		"laughs": laughs, "itself": "version: &v 1\nrules: *v\n", "merged": "<<: {a: &b [1]}\n", "tag": "version: !!binary AAAA\n", "directive": "%YAML 1.2\n---\nversion: 1\n",
	} {
		var file *File
		var findings []Finding
		if n := allocated(func() { file, findings = Read("p.yaml", []byte(src)) }); file != nil || n > 8<<20 {
			t.Errorf("%s: got %v, %s, for %d bytes", name, file, told(findings), n)
		}
	}
}

// TestHostileWords puts hostile text wherever a policy has words. Written as it is,
// or by escapes, none of it comes into a policy that is accepted.
func TestHostileWords(t *testing.T) {
	for name, text := range plaintexttest.Texts() {
		text = text[:min(len(text), 120)]
		quoted, err := json.Marshal(text) // YAML reads it so too
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{text, string(quoted), strings.ReplaceAll(string(quoted), "\u009b", `\x9b`), "'" + text + "'"} {
			for _, src := range []string{
				"version: 1\nbudgets: {execution: 1}\ndescription: " + words + "\n", "version: 1\nmode: " + words + "\n", "version: 1\n" + words + ": 1\n",
				"version: 1\nbudgets: {execution: 1}\nrules:\n  - {name: x, verdict: stop, message: " + words + "}\n",
				"version: 1\nbudgets: {execution: 1}\nrules:\n  - {name: " + words + ", verdict: " + words + "}\n",
				"version: 1\nbudgets: {execution: 1}\nrules:\n  - {name: x, verdict: stop, when: {message: " + words + "}}\n",
				"version: 1\nbudgets: {execution: 1}\nrules:\n  - {name: x, verdict: stop, when: {pipeline: [" + words + "]}}\n",
				"version: 1\nbudgets: {execution: 1}\nrules:\n  - {name: x, verdict: stop, when: {step_type: [" + words + "]}}\n",
				"version: 1\nside_effects: [" + words + "]\n", "version: 1\npipelines:\n  - {name: x, match: " + words + "}\n",
			} {
				file, findings := Read("p.yaml", []byte(src))
				checkFindings(t, findings)
				if file != nil {
					checkFile(t, file)
				}
				if t.Failed() {
					t.Fatalf("%s: %q", name, src)
				}
			}
		}
	}
}

// allocated is how many bytes a call allocates.
func allocated(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}
