package dynamodblocal

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// What template.yaml says of the ledger's keys: two of the table, then two of its
// index.
var (
	keyLine   = regexp.MustCompile(`AttributeName: (\w+), KeyType: (HASH|RANGE)`)
	typeLine  = regexp.MustCompile(`AttributeName: (\w+), AttributeType: ([SNB])`)
	indexLine = regexp.MustCompile(`IndexName: (\w+)`)
	otherLine = regexp.MustCompile(`NonKeyAttributes: \[([\w, ]+)\]`)
)

// Whatever is proven on this table is proven on the template's.
func TestTableIsTheTemplates(t *testing.T) {
	template, err := os.ReadFile(filepath.Join("..", "..", "template.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	table := Table("ledger")
	index := table.GlobalSecondaryIndexes[0]
	same(t, "keys", words(template, keyLine), keys(slices.Concat(table.KeySchema, index.KeySchema)))
	var types []string
	for _, a := range table.AttributeDefinitions {
		types = append(types, *a.AttributeName+" "+string(a.AttributeType))
	}
	same(t, "types", words(template, typeLine), types)
	same(t, "index", words(template, indexLine), []string{*index.IndexName})
	same(t, "what the index carries", words(template, otherLine), []string{strings.Join(index.Projection.NonKeyAttributes, ", ")})
}

// words are what a pattern finds, its groups with a space between.
func words(text []byte, pattern *regexp.Regexp) []string {
	var found []string
	for _, groups := range pattern.FindAllStringSubmatch(string(text), -1) {
		found = append(found, strings.Join(groups[1:], " "))
	}
	return found
}

func keys(schema []types.KeySchemaElement) []string {
	var keys []string
	for _, k := range schema {
		keys = append(keys, *k.AttributeName+" "+string(k.KeyType))
	}
	return keys
}

func same(t *testing.T, what string, template, ours []string) {
	t.Helper()
	if len(template) == 0 || !slices.Equal(template, ours) {
		t.Errorf("%s: template.yaml has %q, the table %q", what, template, ours)
	}
}
