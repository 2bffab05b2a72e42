// Package mulligan holds no code: its tests hold the repository to its own
// rules.
package mulligan

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mulligan/internal/policyfile"
)

// goFiles are all Go files of the project, test files too, by path.
func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, root := range []string{"cmd", "functions", "internal"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if strings.HasSuffix(path, ".go") {
				files = append(files, filepath.ToSlash(path))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(files) < 30 {
		t.Fatalf("found only %d Go files", len(files))
	}
	return files
}

func parse(t *testing.T, path string) (*token.FileSet, *ast.File) {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return set, file
}

// forbidden imports, by the folder that must not have them, with the reason.
var forbidden = []struct{ folder, pattern, why string }{
	{"internal/retry", `aws-sdk-go|aws-lambda-go|^os$|math/rand|internal/(ledger|pipelines|schedule|policy|event|announce)`, "the domain knows no adapter, no AWS, no environment and no chance"},
	{"internal/policy", `aws-sdk-go|aws-lambda-go|^os$|math/rand|internal/(ledger|pipelines|schedule)`, "a policy is pure"},
	{"internal/cause", `aws-sdk-go|^os$|math/rand|^time$|^mulligan/`, "reading a cause needs nothing but the text"},
	{"internal/event", `aws-sdk-go|^os$|math/rand|internal/(ledger|pipelines|schedule)`, "parsing asks nobody"},
	{"internal/ledger", `internal/(pipelines|schedule)`, "adapters never import one another"},
	{"internal/pipelines", `internal/(ledger|schedule)`, "adapters never import one another"},
	{"internal/schedule", `internal/(ledger|pipelines)`, "adapters never import one another"},
	{"functions", `text/template|html/template|spf13/cobra|internal/(awstest|demo)`, "it doubles the binary, or belongs to tests"},
}

func TestImports(t *testing.T) {
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/ledgertest/") {
			continue
		}
		_, file := parse(t, path)
		for _, imported := range file.Imports {
			name := strings.Trim(imported.Path.Value, `"`)
			for _, rule := range forbidden {
				if strings.HasPrefix(path, rule.folder+"/") && regexp.MustCompile(rule.pattern).MatchString(name) {
					t.Errorf("%s imports %s: %s", path, name, rule.why)
				}
			}
		}
	}
}

// The core gets the time handed in. An adapter may read it where a call's own
// limit is counted.
func TestNoClockInTheCore(t *testing.T) {
	clock := regexp.MustCompile(`\btime\.(Now|Since|Until|Sleep|After)\(`)
	for _, path := range goFiles(t) {
		pure := regexp.MustCompile(`^internal/(retry|policy|cause|event)/`).MatchString(path)
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if pure && !strings.HasSuffix(path, "_test.go") && clock.Match(text) {
			t.Errorf("%s reads the clock: the time is an argument", path)
		}
	}
}

// Files stay under 250 lines and functions under 60, tests aside; tables of
// rules and the wire's bookkeeping are no exception.
func TestSizes(t *testing.T) {
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		set, file := parse(t, path)
		if n := set.Position(file.End()).Line; n > 250 {
			t.Errorf("%s has %d lines: do two subjects share it?", path, n)
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok {
				if n := set.Position(f.End()).Line - set.Position(f.Pos()).Line; n > 60 {
					t.Errorf("%s: %s has %d lines", path, f.Name.Name, n)
				}
			}
		}
	}
}

// Every package tells its story once, and everything exported says what it
// promises.
func TestDocumentation(t *testing.T) {
	stories := map[string]int{}
	for _, path := range goFiles(t) {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		_, file := parse(t, path)
		if file.Doc != nil {
			stories[filepath.Dir(path)]++
		} else {
			stories[filepath.Dir(path)] += 0
		}
		for _, d := range file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Name.IsExported() && f.Doc == nil && !implementsStandard(f) {
				t.Errorf("%s: %s is exported and says nothing", path, f.Name.Name)
			}
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE && g.Doc == nil {
				for _, spec := range g.Specs {
					if ts := spec.(*ast.TypeSpec); ts.Name.IsExported() && ts.Doc == nil {
						t.Errorf("%s: %s is exported and says nothing", path, ts.Name.Name)
					}
				}
			}
		}
	}
	for folder, n := range stories {
		if n != 1 {
			t.Errorf("%s has %d package comments, want one", folder, n)
		}
	}
}

// implementsStandard tells methods whose meaning the standard library fixes.
func implementsStandard(f *ast.FuncDecl) bool {
	switch f.Name.Name {
	case "String", "Error", "Read", "RoundTrip", "ServeHTTP", "Unwrap", "Close":
		return f.Recv != nil
	}
	return f.Recv != nil && !receiverExported(f)
}

func receiverExported(f *ast.FuncDecl) bool {
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	name, ok := typ.(*ast.Ident)
	return ok && name.IsExported()
}

// The README's tables say what the template says.
func TestReadmeAgreesWithTemplate(t *testing.T) {
	template, err := os.ReadFile("template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	section := string(template)
	section = section[strings.Index(section, "\nParameters:\n"):strings.Index(section, "\nMappings:\n")]
	found := regexp.MustCompile(`(?m)^  (\w+):\n    Type: \w+\n    Default: "?([\w/]*)"?$`).FindAllStringSubmatch(section, -1)
	if len(found) != strings.Count(section, "    Type: ") || len(found) < 8 {
		t.Fatalf("read %d parameters with a default of %d", len(found), strings.Count(section, "    Type: "))
	}
	for _, parameter := range found {
		value := cmp.Or(parameter[2], "empty")
		row := regexp.MustCompile("(?m)^\\| `" + parameter[1] + "` \\| `?" + value + "`? \\|")
		if !row.Match(readme) {
			t.Errorf("the README lacks parameter %s with its default %s", parameter[1], value)
		}
	}
	for _, action := range regexp.MustCompile(`\b(?:sagemaker|dynamodb|scheduler|iam|sqs|logs):[A-Z]\w+`).FindAllString(string(template), -1) {
		if action != "iam:PassedToService" && !strings.Contains(string(readme), "`"+action+"`") {
			t.Errorf("the README does not say why %s is asked for", action)
		}
	}
}

// The policies that people are shown have no fault and nothing doubtful.
func TestShownPolicies(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	long, err := os.ReadFile("docs/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "```yaml\n")
	short, _, shown := strings.Cut(rest, "```")
	if !shown {
		t.Fatal("the README shows no policy")
	}
	for name, source := range map[string]string{"README.md": short, "docs/policy.yaml": string(long)} {
		if _, findings := policyfile.Read(name, []byte(source)); len(findings) > 0 {
			t.Errorf("got %v", findings)
		}
	}
}

// What a function carries, it loads at each start: no parser of policy files, no
// templates, no command line, whoever imports them. What failures come in by
// carries no search for them either.
func TestWhatTheFunctionsCarry(t *testing.T) {
	const never = `yaml|^(text|html)/template$|spf13|internal/(policyfile|explain|backtest|classify|deployment|awstest)$`
	for function, unwanted := range map[string]string{"retrier": never + `|internal/sweep$`, "sweeper": never} {
		listed, err := exec.Command("go", "list", "-tags", "lambda.norpc", "-deps", "./functions/"+function).Output()
		if err != nil {
			t.Fatal(err)
		}
		deps := strings.Fields(string(listed))
		for _, name := range deps {
			if regexp.MustCompile(unwanted).MatchString(name) {
				t.Errorf("%s carries %s", function, name)
			}
		}
		if len(deps) < 100 {
			t.Errorf("found only %d packages in %s", len(deps), function)
		}
	}
}

// Every function has a place in the template, and is built by its name there:
// by its own Makefile, which asks the project's.
func TestEveryFunctionIsBuilt(t *testing.T) {
	folders, err := os.ReadDir("functions")
	if err != nil {
		t.Fatal(err)
	}
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	template, makefile := read("template.yaml"), read("Makefile")
	for _, folder := range folders {
		name := folder.Name()
		id := strings.ToUpper(name[:1]) + name[1:]
		for _, part := range []struct{ in, of, want string }{
			{template, "template.yaml", `(?m)^  ` + id + `:\n    Type: AWS::Serverless::Function\n    Metadata:\n      BuildMethod: makefile`},
			{template, "template.yaml", `(?m)^      CodeUri: functions/` + name + `$`},
			{makefile, "Makefile", `(?m)^build: .*\bbuild/` + name + `\b`},
			{makefile, "Makefile", `(?m)^build-` + id + `: FUNCTION := ` + name + `$`},
			{read("functions/" + name + "/Makefile"), "functions/" + name + "/Makefile", `(?m)^build-` + id + `:\n.* build-` + id + ` `},
		} {
			if !regexp.MustCompile(part.want).MatchString(part.in) {
				t.Errorf("%s: %s has nothing like %s", name, part.of, part.want)
			}
		}
	}
	if n := strings.Count(template, "Type: AWS::Serverless::Function\n"); n != len(folders) {
		t.Errorf("%d functions in the template, and %d folders of functions", n, len(folders))
	}
}
