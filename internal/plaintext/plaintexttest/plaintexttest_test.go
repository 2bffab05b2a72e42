package plaintexttest

import "testing"

func TestFault(t *testing.T) {
	for _, fine := range []string{"", "plain text", "é, \u05d0, \U0001f4a5", "five5"} {
		if got := Fault(fine, 17); got != "" {
			t.Errorf("%q: %s", fine, got)
		}
	}
	for _, text := range []string{"\n", "\x1b", "\x7f", "\u009b", "\u202e", "\u2069", "\u200e", "\ufeff", "\u2028", "\U000e0041", "\xff", "more than four"} {
		if Fault(text, 4) == "" || PageFault("fine\n"+text+"\x00", 4) == "" {
			t.Errorf("%q: no fault", text)
		}
	}
	if got := PageFault("one\ntwo\n", 3); got != "" {
		t.Errorf("a page of two lines %s", got)
	}
}

// The texts are worth their name: nearly all of them may not come out as they are.
func TestTexts(t *testing.T) {
	fine := 0
	for _, text := range Texts() {
		if Fault(text, 400) == "" {
			fine++
		}
	}
	if fine > 3 { // right to left, quotes, replaced
		t.Errorf("%d texts may come out as they are", fine)
	}
}

func TestFill(t *testing.T) {
	type inner struct{ Text string }
	var got struct {
		Text  string
		List  []inner
		Map   map[string]*inner
		Again *inner
		n     int
	}
	Fill(&got, "x")
	if got.Text != "x" || got.List[0].Text != "x" || got.Map["x"].Text != "x" || got.Again.Text != "x" || got.n != 0 {
		t.Errorf("got %+v", got)
	}
}
