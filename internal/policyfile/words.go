package policyfile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"mulligan/internal/cause"
	"mulligan/internal/retry"
)

// The words that values are made of.
var (
	modes    = []string{string(retry.Enforce), string(retry.Observe), string(retry.ModeOff)}
	verdicts = []string{string(retry.Retry), string(retry.Wait), string(retry.Stop)}
	classes  = textsOf(cause.Classes())
	labels   = textsOf(cause.Labels())
)

// StepTypes are the step types that policies can name.
func StepTypes() []string { return slices.Clone(stepTypes) }

// stepTypes are those that the API has metadata for (SageMaker API reference,
// PipelineExecutionStepMetadata), by the names that events and pipeline
// definitions use; Tuning, AutoML, Model and RegisterModel are so spelled there.
var stepTypes = []string{
	"Training", "Processing", "Transform", "Tuning", "AutoML", "Model", "RegisterModel", "Condition", "Fail", "Lambda",
	"Callback", "EMR", "EMRServerless", "Athena", "QualityCheck", "ClarifyCheck", "Endpoint", "EndpointConfig", "ForEach", "Job",
}

func textsOf[T ~string](all []T) []string {
	texts := make([]string, len(all))
	for i, one := range all {
		texts[i] = string(one)
	}
	return texts
}

func contains(all []string, one string) bool { return slices.Contains(all, one) }

// scalar is the text of a value that is one; "" finds fault.
func (v value) scalar(example string) string {
	if !v.is(scalar, "write "+example) {
		return ""
	}
	if v.node.text == "" {
		v.wrong("an empty text", "leave the key out or write "+example)
	}
	return v.node.text
}

// word is one of the known words, "" otherwise. What names the kind of word.
func (v value) word(what string, known []string) string {
	text := v.scalar(known[0])
	if text == "" || contains(known, text) {
		return text
	}
	v.wrong("unknown "+what+" "+quote(text), orNearest(text, known, "write one of"))
	return ""
}

// stepType is a step's type as the API spells it, whatever its letter case here.
func (v value) stepType() string {
	text := v.scalar("Training")
	for _, known := range stepTypes {
		if strings.EqualFold(known, text) {
			return known
		}
	}
	return v.word("step type", stepTypes)
}

// list reads items one by one. Those that are faulty are left out, one that is
// there twice is told.
func (v value) list(example string, one func(value) string) (all []string) {
	for _, item := range v.items(example) {
		text := one(item)
		switch {
		case text == "":
		case contains(all, text):
			item.doubtful(text+" is there twice", "leave one out")
		default:
			all = append(all, text)
		}
	}
	return all
}

// truth is YAML 1.2's: words that only older YAML takes for one are told, since
// other tools read them either way.
func (v value) truth() (set, yes bool) {
	switch text := v.scalar("true or false"); text {
	case "true", "false":
		return true, text == "true"
	case "":
	case "yes", "on", "True", "TRUE":
		v.wrong("neither true nor false: "+quote(text), "write true")
	case "no", "off", "False", "FALSE":
		v.wrong("neither true nor false: "+quote(text), "write false")
	default:
		v.wrong("neither true nor false: "+quote(text), "write true or false")
	}
	return false, false
}

// number is a whole number between the bounds, and whether it is one.
func (v value) number(least, most int) (int, bool) {
	write := fmt.Sprintf("write a number from %d to %d", least, most)
	if !v.is(scalar, write) {
		return 0, false
	}
	return v.numberIn(v.node.text, least, most, write)
}

// numberIn is number for a part of the value's text.
func (v value) numberIn(text string, least, most int, write string) (int, bool) {
	n, err := strconv.Atoi(text)
	switch {
	case !digits(text) && !digits(strings.TrimPrefix(text, "-")):
		v.wrong("not a whole number: "+quote(text), write)
	case err != nil || n < least || n > most:
		v.wrong(fmt.Sprintf("%s is not from %d to %d", excerpt(text), least, most), write)
	default:
		return n, true
	}
	return 0, false
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// prose is text for people, in one line.
func (v value) prose(most int) string {
	text := strings.TrimSpace(v.scalar("a line of text"))
	if n := utf8.RuneCountInString(text); n > most {
		v.wrong(fmt.Sprintf("%d characters, more than %d", n, most), "say it in fewer words")
	}
	for _, c := range text {
		if !unicode.IsPrint(c) {
			v.wrong(fmt.Sprintf("it holds %U, which is no part of a line", c), `write one line; ">-" joins those that follow it`)
			break
		}
	}
	return text
}

// maxName bounds the names of rules and sections: they stand in metrics and
// records.
const maxName = 64

// name is that of a rule or section.
func (v value) name() string {
	text := v.scalar("a name such as gpu-capacity")
	switch {
	case text == "":
	case strings.Trim(text, nameLetters) != "":
		v.wrong("a name has letters, digits, - and _ only: "+quote(text), "write "+quote(tidyName(text)))
	case len(text) > maxName:
		v.wrong(fmt.Sprintf("a name of %d characters, more than %d", len(text), maxName), "shorten it")
	default:
		return text
	}
	return ""
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// tidyName makes a name of what is none, to be proposed.
func tidyName(text string) string {
	tidy := strings.Map(func(c rune) rune {
		if strings.ContainsRune(nameLetters, c) {
			return c
		}
		return '-'
	}, text)
	tidy = strings.Trim(tidy[:min(len(tidy), maxName)], "-")
	if tidy == "" {
		return "rule-1"
	}
	return tidy
}
