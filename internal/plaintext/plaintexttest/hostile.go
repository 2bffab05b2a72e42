package plaintexttest

import (
	"reflect"
	"strings"
)

// Long is how long the longest of the hostile texts is, in bytes.
const Long = 100_000

// Texts are texts that break logs, terminals, parsers and the reading order, each
// under what it is.
func Texts() map[string]string {
	return map[string]string{
		"lines":         "a\nb\r\nc\rd\u0085e\u2028f\u2029g\vh\fi",
		"a record":      "x\n{\"level\":\"FATAL\",\"verdict\":\"retry\"}\n",
		"escapes":       "\x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x1b\\link\u009b31mred\x9b31m",
		"controls":      "a\x00b\x01c\x08\x08d\x7fe\u0080f\u009fg",
		"bidi":          "a\u202ab\u202bc\u202cd\u202de\u202ef\u2066g\u2067h\u2068i\u2069j\u200ek\u200fl\u061cm",
		"zero width":    "a\u200bb\u200cc\u200dd\u2060e\ufefff\u00adg",
		"tags":          "a\U000e0001\U000e0041\U000e007fb",
		"private":       "\ue000\U0010fffd",
		"not UTF-8":     "a\xffb\xc0\xafc\xed\xa0\x80d\xf4\x90\x80\x80e\xe2\x82",
		"right to left": "\u05d0\u05d1\u05d2 \u0645\u0631\u062d\u0628\u0627 (abc) 123",
		"quotes":        "\"'`\\</script><!channel>&amp;%s%n%!d(MISSING)$(id){{.}}",
		"columns":       "a\tb\t\tc\v\t",
		"replaced":      "a\ufffdb",
		"marks":         "e" + strings.Repeat("\u0301", 500),
		"long":          strings.Repeat("x", Long),
		"long words":    strings.Repeat("word ", Long/5),
		"long hostile":  strings.Repeat("\u202e\x1b[31m\n\xff", Long/10),
		"long wide":     strings.Repeat("\U0001f4a5", Long/4),
	}
}

// Fill sets every string that the pointer leads to, in structs, lists, maps and
// pointers, to the text. Lists and maps get one item, nil pointers a value; what is
// not exported stays.
func Fill(pointer any, text string) { fill(reflect.ValueOf(pointer).Elem(), text, 0) }

// deepest ends types that hold themselves.
const deepest = 8

func fill(v reflect.Value, text string, depth int) {
	if depth > deepest || !v.CanSet() {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), text, depth+1)
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), text, depth+1)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), text, depth+1)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		fill(key, text, depth+1)
		fill(value, text, depth+1)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	}
}
