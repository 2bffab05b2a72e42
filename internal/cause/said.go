package cause

import "strings"

// sdkMarks stand before the code in the sentences of botocore and of the SDKs
// for Java and Go, in what Step Functions passes on, and in a service's answers.
var sdkMarks = []string{
	"An error occurred (", "Error Code: ", "Error code: ", "error code: ", "ErrorCode: ", "errorCode: ", "ErrorCode=",
	"errorCode=", "api error ", "ExceptionName: ", ",Error ", "Lambda.", "SageMaker.", "Glue.", "Athena.", "ECS.",
	"DynamoDB.", "EMR.", "Batch.", "Bedrock.", "SFN.", "<Code>", "<ErrorCode>",
}

// codeKeys are the keys under which the body of a service's answer holds the
// code, as JSON, Python and Ruby write bodies.
var codeKeys = []string{"Code", "code", "ErrorCode", "errorCode", "error_code", "__type"}

const quotes = `\"'`

// saidBySDK reports whether what stands before a code says that a service
// stated it.
func saidBySDK(before string) bool {
	return endsInAny(before, sdkMarks) || len(before) > 0 && strings.IndexByte(`"'#`, before[len(before)-1]) >= 0 && keyed(before)
}

// keyed reports whether before ends in a key for codes and the quote that opens
// its value: "Code"=>", 'Code': ', "__type":"com.amazonaws.kms#.
func keyed(before string) bool {
	if space, ok := strings.CutSuffix(before, "#"); ok {
		before = strings.TrimRightFunc(space, func(r rune) bool { return r == '.' || r < 0x80 && isWord(byte(r)) })
	}
	value := strings.TrimRight(before, quotes)
	colon := strings.TrimRight(value, " :=>")
	key := strings.TrimRight(colon, quotes)
	if len(key) == len(colon) || len(colon) == len(value) || len(value) == len(before) {
		return false
	}
	name := key[lastWord(key):]
	return contains(codeKeys, name) && len(name) < len(key) && strings.IndexByte(`"'`, key[len(key)-len(name)-1]) >= 0
}

// lastWord returns where the word at the end of s starts.
func lastWord(s string) int {
	i := len(s)
	for i > 0 && isWord(s[i-1]) {
		i--
	}
	return i
}

// longestBody bounds how far before its code a body is looked for, in bytes. A
// message may stand before the code in it.
const longestBody = 600

// stated returns where the statement starts that holds the code: the SDK's
// sentence, or the body of an answer.
func (m *message) stated(c code) int {
	before := m.text[:c.at]
	if at := bodyStart(before); at >= 0 {
		return at
	}
	for _, mark := range sdkMarks {
		if strings.HasSuffix(before, mark) {
			return c.at - len(mark)
		}
	}
	return c.at
}

// bodyStart returns where the outermost body that is still open at the end of
// before starts, -1 where none is.
func bodyStart(before string) int {
	least := max(0, len(before)-longestBody)
	if strings.HasSuffix(before, ">") {
		for _, opening := range [...]string{"<?xml ", "<ErrorResponse", "<Error>"} {
			if i := strings.LastIndex(before[least:], opening); i >= 0 {
				return least + i
			}
		}
		return -1
	}
	start, open := -1, 0
	for i := len(before) - 1; i >= least; i-- {
		switch before[i] {
		case '}':
			open--
		case '{':
			if open++; open > 0 {
				start, open = i, 0
			}
		}
	}
	return start
}

// carriers are words around a statement that say only that it was passed on.
const carriers = " an call error exception failed from info invalid received response retriable retryable returned warn warning with "

// onlyPassedOn reports whether what stands before a service's statement is
// nothing, names that end in a colon, and carriers.
func onlyPassedOn(head string) bool {
	for word := range strings.SplitSeq(head, " ") {
		if word != "" && !strings.HasSuffix(word, ":") && !strings.Contains(carriers, " "+lower(word)+" ") {
			return false
		}
	}
	return true
}
