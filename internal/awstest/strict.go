package awstest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
)

// checkSignature wants Signature Version 4 with the right scope.
func (a *Account) checkSignature(r *http.Request, in *request) *answer {
	signed, refused := in.signature(r)
	if refused != nil {
		return refused
	}
	in.caller = signed.caller
	service := map[protocol]string{jsonRPC: "sagemaker", restJSON: "scheduler"}[in.protocol]
	_, region := a.place()
	if signed.region != region || signed.service != service {
		return in.refuse(codeWrongScope, fmt.Sprintf("Credential should be scoped to %s/%s, not %s/%s.", region, service, signed.region, signed.service))
	}
	return nil
}

// place is where the account is: its number and its Region.
func (a *Account) place() (number, region string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.config.Number, a.config.Region
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
