//go:build e2e

package template

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// root is the project's folder, seen from a test of this package.
const root = "../../.."

// A tree is a piece of the expanded template: what encoding/json reads an object as.
type tree = map[string]any

// expanded is the template as the SAM translator expands it, a copy for each caller.
func expanded(t *testing.T) tree {
	t.Helper()
	text, err := expansion()
	if err != nil {
		t.Fatalf("infra/local/expand: %v\nRun infra/local/install, which installs what it needs.", err)
	}
	return read(text)
}

var expansion = sync.OnceValues(func() ([]byte, error) {
	var stderr bytes.Buffer
	command := exec.Command(root+"/infra/local/expand", root+"/template.yaml")
	command.Stderr = &stderr
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, stderr.String())
	}
	return text, json.Unmarshal(text, &tree{})
})

func read(text []byte) (t tree) {
	if err := json.Unmarshal(text, &t); err != nil {
		panic(err) // Of a text that was JSON before.
	}
	return t
}

func clone(t tree) tree { return read([]byte(show(t))) }

// show is a node as JSON on one line, its keys in order.
func show(node any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(node); err != nil {
		panic(err) // Of what was read from JSON.
	}
	return strings.TrimSpace(b.String())
}

// step is the node one step below: by key, or by index in a list.
func step(node any, key string) any {
	switch n := node.(type) {
	case tree:
		return n[key]
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(n) {
			return n[i]
		}
	}
	return nil
}

// at is the node at a path of keys with dots between, nil where there is none.
func at(node any, path string) any {
	for _, key := range strings.Split(path, ".") {
		node = step(node, key)
	}
	return node
}

// put sets the node at the path; a nil value takes it away. The way there has to exist.
func put(t tree, path string, value any) {
	keys := strings.Split(path, ".")
	last := keys[len(keys)-1]
	parent := any(t)
	if len(keys) > 1 {
		parent = at(t, strings.Join(keys[:len(keys)-1], "."))
	}
	switch p := parent.(type) {
	case tree:
		if p[last] = value; value == nil {
			delete(p, last)
		}
	case []any:
		i, err := strconv.Atoi(last)
		if err != nil {
			panic("no index: " + path)
		}
		if p[i] = value; value == nil {
			put(t, strings.Join(keys[:len(keys)-1], "."), slices.Delete(p, i, i+1))
		}
	default:
		panic("nothing there: " + path)
	}
}

// list is a node as a list: policies write one thing without brackets.
func list(node any) []any {
	switch n := node.(type) {
	case nil:
		return nil
	case []any:
		return n
	default:
		return []any{n}
	}
}

// resources are those of a type, or the one of that name, by name.
func resources(t tree, typ string) map[string]tree {
	found := map[string]tree{}
	for name, node := range t["Resources"].(tree) {
		if resource := node.(tree); resource["Type"] == typ || name == typ {
			found[name] = resource
		}
	}
	return found
}
