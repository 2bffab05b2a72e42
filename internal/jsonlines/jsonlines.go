// Package jsonlines reads what operators hand in: one JSON object a line, of
// any number, each named by its place when it is not what was expected.
package jsonlines

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"

	"mulligan/internal/plaintext"
)

// Limit is the length of the longest line, in bytes. A failure with all that a
// ledger keeps of it stays below 400 KB, the most that DynamoDB takes.
const Limit = 1 << 20

// Line is one line that holds something.
type Line struct {
	Number int    // from 1, empty lines counted
	Place  string // "file:number"
	Data   []byte // valid until the next line
}

// Read gives the lines one after the other and skips empty ones. It holds one
// line at a time. An error, which names its place, is the last it gives.
func Read(name string, r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, Limit+len("\r\n")) // the buffer holds the line's end too
		number := 0
		for lines.Scan() {
			number++
			data := lines.Bytes()
			if number == 1 {
				data = bytes.TrimPrefix(data, []byte("\ufeff")) // Windows' editors put it there
			}
			line := Line{Number: number, Place: fmt.Sprintf("%s:%d", name, number), Data: bytes.TrimSpace(data)}
			if len(line.Data) > 0 && !yield(line, nil) {
				return
			}
		}
		if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
			yield(Line{}, fmt.Errorf("%s:%d: expected a line of at most %d bytes, got more", name, number+1, Limit))
		} else if err != nil {
			yield(Line{}, fmt.Errorf("%s:%d: read: %w", name, number+1, err))
		}
	}
}

// Decode reads the line's object into a struct. Keys that the struct does not
// have are ignored. The error names the place and what was expected.
func (l Line) Decode(into any) error {
	if l.Data[0] != '{' { // null would pass for an object without keys
		return fmt.Errorf("%s: expected a JSON object, got %.40q", l.Place, l.Data)
	}
	err := json.Unmarshal(l.Data, into)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("%s: %s: expected %s, got %.40s", l.Place, plaintext.Line(wrong.Field, maxWords), kind(wrong.Type), wrong.Value)
	}
	if err != nil {
		return fmt.Errorf("%s: expected one whole JSON object: %s", l.Place, plaintext.Line(err.Error(), maxWords))
	}
	return nil
}

// maxWords bounds what is repeated of a line in an error, in characters.
const maxWords = 300

// kind names a Go type as JSON would.
func kind(t reflect.Type) string {
	switch t.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice, reflect.Array:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	default:
		return "a whole number"
	}
}
