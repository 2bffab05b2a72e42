package explain

import (
	"strings"
	"testing"
)

func TestRecordedCrowdRefusals(t *testing.T) {
	for _, test := range []struct{ name, key, text, want string }{
		{"no list", "holds", `{}`, "expected facts as events/README.md describes them"},
		{"a text for a hold", "holds", `["all"]`, "holds[0]: expected a hold as `mulligan holds --json` prints it"},
		{"an unknown key of a hold", "holds", `[{"scope":"all","till":""}]`, `holds[0]: expected a hold as ` + "`mulligan holds --json`" + ` prints it: json: unknown field "till"`},
		{"a hold of nothing", "holds", `[{"until":"2026-11-20T08:00:00Z"}]`, `holds[0].scope: expected all, "account NUMBER REGION"`},
		{"a hold on no such class", "holds", `[{"scope":"class weather","until":"2026-11-20T08:00:00Z"}]`, `got "class weather"`},
		{"a hold on no account", "holds", `[{"scope":"account 12","until":"2026-11-20T08:00:00Z"}]`, `got "account 12"`},
		{"the second hold", "holds", `[{"scope":"all","until":"2026-11-20T08:00:00Z"},{"scope":"all things"}]`, `holds[1].scope: expected all`},
		{"a hold without an end", "holds", `[{"scope":"all"}]`, "holds[0].until: expected the time when it ends by itself, got nothing"},
		{"a hold of another age", "holds", `[{"scope":"all","until":"1999-01-01T00:00:00Z"}]`, "holds[0].until: expected the time when it ends by itself, got 1999"},
		{"an unknown key of a breaker", "breakers", `[{"scope":"retry calls","since":""}]`, "breakers[0]: expected a breaker as `mulligan holds --json` prints it"},
		{"a breaker of nothing", "breakers", `[{"rate":5}]`, `breakers[0].scope: expected "retry calls", "scarce NAME", "fingerprint FINGERPRINT" or "class CLASS", got ""`},
		{"a breaker of no such class", "breakers", `[{"scope":"class weather"}]`, `got "class weather"`},
		{"one breaker twice", "breakers", `[{"scope":"retry calls"},{"scope":"retry calls"}]`, `breakers[1].scope: expected each scope once`},
		{"open and never opened", "breakers", `[{"scope":"retry calls","open":true}]`, `breakers[0].open: expected false, as "opened" says, got true`},
		{"another list", "lines", `[]`, `unknown field "lines"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			good := string(file(t, events+"facts/failed-quota.json"))
			facts := strings.Replace(good, `"newer_success"`, `"`+test.key+`": `+test.text+`, "newer_success"`, 1)
			if _, err := ReadRecording([]byte(facts)); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}
