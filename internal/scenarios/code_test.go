package scenarios

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// A code is what test files declare, by folder and name. Methods stand under
// their own names: it is to tell what a test may reach, and too much does no harm.
type code map[string]map[string][]ast.Node

// root is where the repository begins.
const root = "../.."

// readCode parses all test files of the repository, whatever their build tags.
func readCode() (code, error) {
	c := code{}
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata" || entry.Name() == "build"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, "_test.go"):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		return c.add(called(filepath.ToSlash(folder)), name, string(text))
	})
	return c, err
}

// called is what the table calls a package: by its folder, which nearly always is
// in internal.
func called(folder string) string {
	if folder == "." {
		return "mulligan"
	}
	return strings.TrimPrefix(path.Clean(folder), "internal/")
}

func (c code) add(folder, name, text string) error {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	if c[folder] == nil {
		c[folder] = map[string][]ast.Node{}
	}
	for _, declared := range file.Decls {
		for _, name := range namesOf(declared) {
			c[folder][name] = append(c[folder][name], declared)
		}
	}
	return nil
}

func namesOf(d ast.Decl) (names []string) {
	if f, ok := d.(*ast.FuncDecl); ok {
		return []string{f.Name.Name}
	}
	for _, spec := range d.(*ast.GenDecl).Specs {
		if values, ok := spec.(*ast.ValueSpec); ok {
			for _, name := range values.Names {
				names = append(names, name.Name)
			}
		}
	}
	return names
}

var testName = regexp.MustCompile(`^(Test|Fuzz)([^a-z]|$)`)

// tests are the names of a folder's tests.
func (c code) tests(folder string) (names []string) {
	for name, nodes := range c[folder] {
		f, ok := nodes[0].(*ast.FuncDecl)
		if ok && f.Recv == nil && testName.MatchString(name) && name != "TestMain" {
			names = append(names, name)
		}
	}
	return names
}

// says tells whether a text is a string literal of a test, or of what the test
// reaches in its package, as a whole or as one that is formatted. So a subtest
// that is named by a table or a helper is found, and one of another test is not.
func (c code) says(folder, test, text string) (found bool) {
	seen := map[string]bool{}
	var reach func(name string)
	reach = func(name string) {
		if seen[name] {
			return
		}
		seen[name] = true
		for _, node := range c[folder][name] {
			ast.Inspect(node, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.Ident:
					reach(n.Name)
				case *ast.BasicLit:
					found = found || matches(n, text)
				}
				return true
			})
		}
	}
	reach(test)
	return found
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// matches tells whether a literal is the text, or becomes it when it is formatted.
// One that is verbs and little else could become anything, and counts as nothing.
func matches(literal *ast.BasicLit, text string) bool {
	said, err := strconv.Unquote(literal.Value)
	if literal.Kind != token.STRING || err != nil {
		return false
	}
	if said == text {
		return true
	}
	if !strings.Contains(said, "%") {
		return false
	}
	words := verb.Split(said, -1)
	if len(strings.Join(words, "")) < 8 {
		return false
	}
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(`^` + strings.Join(words, `.+`) + `$`).MatchString(text)
}
