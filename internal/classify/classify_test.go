package classify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"mulligan/internal/cause"
)

const (
	noCapacity = "CapacityError: Unable to provision requested ML compute capacity. Please retry using a different ML instance type."
	bug        = "AlgorithmError: ExecuteUserScriptError: KeyError: 'label', exit code: 1"
)

// Each message is read as production reads the reason of a failed step.
func TestRun(t *testing.T) {
	in := strings.Join([]string{
		`{"id": "a<b>", "message": "` + noCapacity + `", "step_type": "Training", "why": "unknown keys are ignored"}`,
		``,
		`  {"message": "` + bug + `"}  `,
		`{"id": "nothing"}`,
	}, "\r\n")
	want := ""
	for _, message := range []struct{ id, reason, stepType string }{{"a<b>", noCapacity, "Training"}, {"3", bug, ""}, {"nothing", "", ""}} {
		c := cause.Read([]cause.Step{{Type: message.stepType, Reason: message.reason}})
		want += fmt.Sprintf(`{"id":%q,"class":%q,"label":%q,"rule":%q,"fingerprint":%q}`+"\n", message.id, c.Class, c.Label, c.Rule, c.Fingerprint)
	}
	var out strings.Builder
	if err := Run("in", strings.NewReader(in), &out); err != nil || out.String() != want {
		t.Errorf("got\n%s%v\nwant\n%s", out.String(), err, want)
	}
	for _, words := range []string{`"class":"capacity","label":"transient"`, `"class":"user_code","label":"permanent"`, `"class":"unknown","label":"ambiguous","rule":""`} {
		if !strings.Contains(out.String(), words) {
			t.Errorf("got\n%s\nwant %s in it", out.String(), words)
		}
	}
}

// What is wrong is named, and the lines before it are written.
func TestRunSaysWhatItExpected(t *testing.T) {
	for _, test := range []struct{ name, line, want string }{
		{"no JSON", "x", `in:2: expected a JSON object, got "x"`},
		{"a list", "[]", `in:2: expected a JSON object, got "[]"`},
		{"cut", `{"id": `, "in:2: expected one whole JSON object: unexpected end of JSON input"},
		{"wrong kind", `{"message": ["x"]}`, "in:2: message: expected a string, got array"},
		{"too long", `{"message": "` + strings.Repeat("x", 1<<20) + `"}`, "in:2: expected a line of at most 1048576 bytes, got more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			err := Run("in", strings.NewReader(`{"id":"before"}`+"\n"+test.line+"\n"+`{"id":"after"}`), &out)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
			if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"before"`) {
				t.Errorf("got %s, want the line before", got)
			}
		})
	}
}

// A line may be as long as the limit, its end not counted.
func TestLongestLine(t *testing.T) {
	line := `{"message": "` + strings.Repeat("x", 1<<20-len(`{"message": ""}`)) + `"}`
	for _, end := range []string{"", "\n", "\r\n"} {
		var out strings.Builder
		if err := Run("in", strings.NewReader(line+end), &out); err != nil || strings.Count(out.String(), "\n") != 1 {
			t.Errorf("end %q: got %q, %v", end, out.String(), err)
		}
	}
}

// full is a writer that takes nothing more.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

func TestRunWriteFails(t *testing.T) {
	if err := Run("in", strings.NewReader("{}"), full{}); err == nil || err.Error() != "write: no space" {
		t.Errorf("got %v", err)
	}
}

// judged is a line with a judgement.
func judged(id, message string, class cause.Class, label cause.Label) string {
	return fmt.Sprintf(`{"id": %q, "message": %q, "class": %q, "label": %q}`+"\n", id, message, class, label)
}

func TestEvaluateWrites(t *testing.T) {
	s, err := Evaluate("in", strings.NewReader(
		judged("one", noCapacity, cause.Capacity, cause.Transient)+
			judged("two", noCapacity, cause.Capacity, cause.Transient)+
			judged("worst", "Really:\n"+noCapacity, cause.QuotaZero, cause.Permanent)+
			judged("bug", bug, cause.UserCode, cause.Permanent)+
			judged("", "what is this", cause.Unknown, cause.Ambiguous)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := s.Write(&b); err != nil {
		t.Fatal(err)
	}
	const want = `5 judged messages

FAIL  permanent failures read as transient   50.0 %, 1 of 2       promised: none
pass  transient failures found              100.0 %, 2 of 2       promised: at least 90 %
FAIL  failures of class unknown              20.0 %, 1 of 5       promised: at most 10 %
FAIL  classes right                          80.0 %, 4 of 5       promised: at least 85 %

By label: rows are what was judged, columns what was read
                          a    b    c
a transient               2    .    .
b permanent               1    1    .
c ambiguous               .    .    1
`
	got := b.String()
	if !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, words := range []string{
		"capacity                   2     3     2     66.7 %  100.0 %\n",
		"quota_zero                 1     0     0          -    0.0 %\n",
		"\nMisses: 1\n  worst: judged permanent quota_zero, read transient capacity by ",
		"\n    Really: CapacityError: Unable to provision",
	} {
		if !strings.Contains(got, words) {
			t.Errorf("got\n%s\nwant in it\n%s", got, words)
		}
	}
	for line := range strings.Lines(got) {
		if len(line) > 121 && !strings.HasPrefix(line, "    ") {
			t.Errorf("got a line of %d columns: %s", len(line), line)
		}
	}
}

// Each promise is broken by one row too many, and by none less.
func TestPromises(t *testing.T) {
	many := func(n int, line string) string { return strings.Repeat(line, n) }
	good := judged("c", noCapacity, cause.Capacity, cause.Transient)
	for _, test := range []struct {
		name, in string
		want     []bool // which is broken
	}{
		{"kept", many(10, good), []bool{false, false, false, false}},
		{"no transient ones", many(2, judged("b", bug, cause.UserCode, cause.Permanent)), []bool{false, false, false, false}},
		{"a permanent one as transient", many(99, good) + judged("p", noCapacity, cause.Capacity, cause.Permanent), []bool{true, false, false, false}},
		{"90 % found", many(9, good) + judged("t", bug, cause.UserCode, cause.Transient), []bool{false, false, false, false}},
		{"less found", many(89, good) + many(11, judged("t", bug, cause.UserCode, cause.Transient)), []bool{false, true, false, false}},
		{"10 % unknown", many(9, good) + judged("u", "what is this", cause.Network, cause.Ambiguous), []bool{false, false, false, false}},
		{"more unknown", many(89, good) + many(11, judged("u", "what is this", cause.Network, cause.Ambiguous)), []bool{false, false, true, false}},
		{"85 % right", many(17, good) + many(3, judged("c", bug, cause.Image, cause.Permanent)), []bool{false, false, false, false}},
		{"less right", many(84, good) + many(16, judged("c", bug, cause.Image, cause.Permanent)), []bool{false, false, false, true}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Evaluate("in", strings.NewReader(test.in))
			if err != nil {
				t.Fatal(err)
			}
			broken := false
			for i, p := range s.Promises {
				if broken = broken || p.Broken; p.Broken != test.want[i] {
					t.Errorf("%s: got broken %t with %d of %d", p.Name, p.Broken, p.Rows, p.Of)
				}
			}
			if s.Broken() != broken {
				t.Errorf("got %t, want %t", s.Broken(), broken)
			}
		})
	}
}

func TestEvaluateSaysWhatItExpected(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{"nothing", "\n", "in: expected at least one judged message, got none"},
		{"no class", `{"label": "transient"}`, "in:1: class: expected one of capacity, quota_contention, "},
		{"another class", judged("a", "", "sunspots", cause.Transient), "in:1: class: expected one of capacity, "},
		{"another label", judged("a", "", cause.Network, "maybe"), `in:1: label: expected one of transient, permanent, ambiguous, got "maybe"`},
		{"wrong kind", `{"class": 7}`, "in:1: class: expected a string, got number"},
	} {
		_, err := Evaluate("in", strings.NewReader(test.in))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

func TestScoreJSON(t *testing.T) {
	s, err := Evaluate("in", strings.NewReader(judged("worst", noCapacity, cause.QuotaZero, cause.Permanent)))
	if err != nil {
		t.Fatal(err)
	}
	all, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{
		`"confusion":[{"want":"permanent","got":"transient","rows":1}]`,
		`{"name":"capacity","want":0,"got":1,"right":0,"precision":0,"recall":null}`,
		`"misses":[{"id":"worst","place":"in:1","want":{"class":"quota_zero","label":"permanent"},"got":{"class":"capacity","label":"transient"},"rule":"`,
	} {
		if !strings.Contains(string(all), words) {
			t.Errorf("got %s\nwant in it %s", all, words)
		}
	}
}

// BenchmarkRun is the way of one line through the command.
func BenchmarkRun(b *testing.B) {
	line := `{"id": "a", "message": "` + noCapacity + `", "step_type": "Training"}` + "\n"
	b.ReportAllocs()
	if err := Run("in", io.LimitReader(endless(line), int64(b.N*len(line))), io.Discard); err != nil {
		b.Fatal(err)
	}
}

// endless repeats a line.
func endless(line string) io.Reader {
	at := 0
	return reader(func(p []byte) (int, error) {
		n := copy(p, line[at:])
		at = (at + n) % len(line)
		return n, nil
	})
}

type reader func([]byte) (int, error)

func (r reader) Read(p []byte) (int, error) { return r(p) }
