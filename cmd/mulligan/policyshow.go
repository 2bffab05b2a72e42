package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"mulligan/internal/plaintext"
	"mulligan/internal/policyfile"
)

// showing is what `mulligan policy show` is asked for.
type showing struct {
	at       where
	pipeline string
	json     bool
}

func showCommand(w world) *cobra.Command {
	var s showing
	cmd := &cobra.Command{
		Use:   "show [FILE]",
		Short: "Show all that holds for a pipeline, and where each value comes from",
		Long: `Shows what holds for a pipeline, value by value, and where each is said: in
which line of the policy, in the built-in policy, or by a parameter of the
stack. Then the rules, in the order in which they are tried.

With FILE, the policy in that file; else the one in force in the stack that is
named; without either, the built-in one. With both, what FILE would be there.`,
		Example: "  mulligan policy show\n" +
			"  mulligan policy show policy.yaml --pipeline payments-daily\n" +
			"  mulligan policy show --stack mulligan --pipeline payments-daily",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error { return s.run(cmd, w, files) },
	}
	cmd.Flags().StringVar(&s.pipeline, "pipeline", "", "name of the pipeline; without it, what holds for those no section names")
	cmd.Flags().BoolVar(&s.json, "json", false, "as JSON")
	s.at.flags(cmd, "")
	return cmd
}

func (s showing) run(cmd *cobra.Command, w world, files []string) error {
	var (
		stands standing
		in     *place
	)
	if s.at.given() {
		p, err := s.at.find(cmd.Context(), w)
		if err != nil {
			return err
		}
		in = &p
	}
	switch {
	case len(files) == 1:
		file, src, err := compile(cmd, files[0])
		if err != nil {
			return err
		}
		stands = ofFile(file, src)
	case in != nil:
		current, err := in.ledger.Current(cmd.Context())
		if err != nil {
			return err
		}
		stands = inForce(current)
	}
	page := newPage(stands, in, s.pipeline)
	if s.json {
		return indented(cmd.OutOrStdout(), page)
	}
	page.write(cmd.OutOrStdout())
	return nil
}

// ofFile is the policy in a file.
func ofFile(f *policyfile.File, src []byte) standing {
	return standing{name: f.Name, hash: f.Hash(), body: string(f.Body()), source: string(src), doc: f.Document}
}

// page is what is shown.
type page struct {
	Policy   string             `json:"policy"`          // its name: a file, a rev, built-in
	Hash     string             `json:"hash,omitempty"`  // "" of the built-in one
	Pipeline string             `json:"pipeline"`        // "" for those that no section names
	Stack    string             `json:"stack,omitempty"` // "" if none was asked
	Region   string             `json:"region,omitempty"`
	Account  string             `json:"account,omitempty"`
	Notes    []string           `json:"notes,omitempty"`
	Values   []policyfile.Value `json:"values"` // as policyfile.Effective, under the stack's ceilings

	title, of string
	messages  map[string]string // of the rules, by name
}

func newPage(s standing, in *place, pipeline string) page {
	p := page{Policy: s.name, Hash: s.hash, Pipeline: pipeline, title: s.String(), of: "all pipelines", messages: map[string]string{}}
	if s.doc == nil {
		p.Policy = policyfile.BuiltIn
	} else {
		p.title += " (" + s.name + ")"
	}
	switch {
	case pipeline != "":
		p.of = "pipeline " + pipeline
	case s.doc != nil && len(s.doc.Pipelines) > 0:
		p.of = "pipelines that no section names"
	}
	if s.trouble != "" {
		p.Notes = append(p.Notes, s.trouble)
	}
	top := ceilings{terms: layersFor(s.doc, pipeline)}
	for _, layer := range top.terms {
		for _, r := range layer.Rules {
			p.messages[r.Name] = r.Message
		}
	}
	if in != nil {
		p.Stack, p.Region, p.Account = in.Stack, in.Home.Region, in.Home.Account
		top.in = &in.Deployment
		if !foldPrefix(pipeline, in.Prefix) && pipeline != "" {
			p.Notes = append(p.Notes, fmt.Sprintf("the stack handles pipelines whose names begin with %s alone: failures of this one are ignored", in.Prefix))
		}
	}
	for _, v := range policyfile.Effective(s.file(), pipeline) {
		if v.Origin == "" || v.Origin[0] == ' ' { // the source is not known, the section is
			v.Origin = s.name + v.Origin
		}
		p.Values = append(p.Values, top.over(v)...)
	}
	return p
}

// foldPrefix minds no letter case, as SageMaker mixes it.
func foldPrefix(name, prefix string) bool {
	return len(name) >= len(prefix) && strings.EqualFold(name[:len(prefix)], prefix)
}

// write is the page for people.
func (p page) write(out io.Writer) {
	under := ", before the ceilings of a stack"
	if p.Stack != "" {
		under = fmt.Sprintf(", in stack %s (%s, account %s)", p.Stack, p.Region, p.Account)
	}
	fmt.Fprintln(out, plaintext.Line("What holds for "+p.of+": "+p.title+under, maxPolicyLine))
	for _, note := range p.Notes {
		fmt.Fprintln(out, plaintext.Line("Note: "+note, maxPolicyLine))
	}
	p.writeValues(out)
	fmt.Fprint(out, "\nRules, the first that matches decides: retry at once, wait for a delay before each retry, or stop\n")
	n := 0
	for _, v := range p.Values {
		if isRule(v) {
			n++
			p.writeRule(out, n, v)
		}
	}
}

func isRule(v policyfile.Value) bool { return strings.HasPrefix(v.Path, "rules[") }

// groups give the values headlines, by the beginning of their paths.
var groups = []struct{ prefix, title string }{
	{"mode", "How far Mulligan may go: enforce retries, observe only records, off ignores"},
	{"superseded", "Whether a failure is left alone once a newer execution has succeeded"},
	{"expire_after", "Age from which a failure is left alone"},
	{"back_off.", "Delay before a retry: the first one, doubled each time up to the longest"},
	{"budgets.", "Retries that may be spent"},
	{"side_effects", "Step types that are not run again without a person"},
	{"same_failure.", "How often the same failure may come back after a retry"},
	{"breaker.", "So many executions that fail alike within that time make the others wait for a probe; 0: none do"},
	{"scarce", "Whether what one execution finds short is taken to be short for all until a probe succeeds"},
}

// writeValues writes all but the rules, in aligned columns.
func (p page) writeValues(out io.Writer) {
	path, text := 0, 0
	for _, v := range p.Values {
		if !isRule(v) {
			path, text = max(path, len(v.Path)), max(text, len(v.Text))
		}
	}
	for _, g := range groups {
		fmt.Fprintf(out, "\n%s\n", g.title)
		for _, v := range p.Values {
			if strings.HasPrefix(v.Path, g.prefix) {
				fmt.Fprintf(out, "  %-*s  %-*s  %s\n", path, v.Path, min(text, maxTextColumn), plaintext.Line(v.Text, maxPolicyLine), plaintext.Line(v.Origin, maxPolicyLine))
			}
		}
	}
}

// maxTextColumn keeps one long value from pushing all origins aside.
const maxTextColumn = 32

// writeRule writes a rule over several lines: what it asks for can be long. Its
// text is "name: conditions: verdict", and only the conditions can have a colon.
func (p page) writeRule(out io.Writer, number int, v policyfile.Value) {
	name, rest, _ := strings.Cut(plaintext.Line(v.Text, 4*maxPolicyLine), ": ")
	last := max(strings.LastIndex(rest, ": "), 0)
	fmt.Fprintf(out, "%3d. %s   %s\n", number, name, plaintext.Line(v.Origin, maxPolicyLine))
	for _, line := range []struct{ head, text string }{
		{"if", rest[:last]}, {"then", strings.TrimPrefix(rest[last:], ": ")}, {"say", p.messages[name]},
	} {
		if line.text != "" {
			fmt.Fprintf(out, "       %-4s  %s\n", line.head, folded(plaintext.Line(line.text, 4*maxPolicyLine), "\n             "))
		}
	}
}

// ruleWidth is that of the text of a rule, behind 13 characters.
const ruleWidth = 100 - 13

// folded breaks text between words, where words allow it.
func folded(text, newline string) string {
	var b strings.Builder
	used := 0
	for i, word := range strings.Fields(text) {
		n := len([]rune(word))
		switch {
		case i == 0:
		case used+1+n > ruleWidth:
			b.WriteString(newline)
			used = 0
		default:
			b.WriteString(" ")
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String()
}
