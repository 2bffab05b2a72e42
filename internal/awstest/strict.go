package awstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"regexp"
)

var authorization = regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=([^/, ]+)/(\d{8})/([a-z0-9-]+)/([a-z]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=[0-9a-f]{64}$`)

// checkSignature wants Signature Version 4 with the right scope. The signature
// itself is not verified: the stand-in knows no secrets.
func (a *Account) checkSignature(r *http.Request, in request) *answer {
	header := r.Header.Get("Authorization")
	parts := authorization.FindStringSubmatch(header)
	service := map[protocol]string{jsonRPC: "sagemaker", restJSON: "scheduler"}[in.protocol]
	a.mu.Lock()
	region := a.config.Region
	a.mu.Unlock()
	switch {
	case header == "":
		return in.refuse(codeNoSignature, "Missing Authentication Token")
	case parts == nil || r.Header.Get("X-Amz-Date") == "":
		return in.refuse(codeBadSignature, "the Authorization header is not a Signature Version 4")
	case parts[3] != region || parts[4] != service:
		return in.refuse(codeWrongScope, fmt.Sprintf("Credential should be scoped to %s/%s, not %s/%s.", region, service, parts[3], parts[4]))
	}
	return nil
}

// decode fills the operation's input from the body, and checks it.
func (in *request) decode(r *http.Request, raw []byte) *answer {
	make := operations[in.Op].input
	if make == nil {
		if len(raw) > 0 {
			return in.refuse(codeSerialization, "no body belongs to "+in.Op)
		}
		return in.checkName()
	}
	if got := r.Header.Get("Content-Type"); got != in.protocol.contentType() {
		return in.refuse(codeMediaType, fmt.Sprintf("Content-Type is %q, not %s", got, in.protocol.contentType()))
	}
	in.body = make()
	if err := decodeStrictly(raw, in.body); err != nil {
		return in.refuse(codeSerialization, err.Error())
	}
	asked := in.body.(input)
	asked.tell(&in.Request)
	if err := asked.check(); err != nil {
		return in.refuse(codeValidation, err.Error())
	}
	return in.checkName()
}

// decodeStrictly decodes one JSON object whose members all have a field of
// exactly that name. encoding/json alone would also match them by case.
func decodeStrictly(raw []byte, into any) error {
	var loose map[string]any
	if err := json.Unmarshal(raw, &loose); err != nil {
		return fmt.Errorf("the body is not one JSON object: %w", err)
	}
	if err := onlyFields(loose, reflect.TypeOf(into).Elem(), ""); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	return d.Decode(into)
}

func onlyFields(object map[string]any, t reflect.Type, path string) error {
	for name, value := range object {
		f, ok := t.FieldByName(name)
		if !ok {
			return errors.New("unknown field " + path + name)
		}
		inner := f.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if deeper, ok := value.(map[string]any); ok && inner.Kind() == reflect.Struct {
			if err := onlyFields(deeper, inner, path+name+"."); err != nil {
				return err
			}
		}
	}
	return nil
}
