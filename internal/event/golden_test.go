package event

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"
	"time"

	"mulligan/internal/retry"
)

var update = flag.Bool("update", false, "write events/wake.json anew")

const eventsFolder = "../../events/"

// events/wake.json is what a schedule for events/failed-capacity.json carries.
func TestWakeFile(t *testing.T) {
	failed, err := os.ReadFile(eventsFolder + "failed-capacity.json")
	if err != nil {
		t.Fatal(err)
	}
	n, problem := Parse(failed, home)
	if problem != nil {
		t.Fatalf("failed-capacity.json: %+v", problem)
	}
	round := time.Date(2026, 3, 15, 16, 10, 9, 0, time.UTC)
	payload, err := WakePayload(retry.Wake{Wait: retry.NewToken(n.EventID, n.Execution, round, 1, 1)}, n)
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := json.Indent(&want, payload, "", "  "); err != nil {
		t.Fatal(err)
	}
	want.WriteByte('\n')
	if *update {
		if err := os.WriteFile(eventsFolder+"wake.json", want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(eventsFolder + "wake.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Errorf("events/wake.json is\n%s\nwant (go test -update writes it)\n%s", got, want.Bytes())
	}
}
