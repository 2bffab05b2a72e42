package awstest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
)

// maxOrder bounds the body of a request to the control side.
const maxOrder = 64 << 10

// Control is the account's control side, for another process to do what a test
// does by calling methods. It speaks JSON, with the tags of the types named here:
//
//	POST /executions            a FailOrder → 201, the Execution
//	GET  /executions?arn=       the Execution
//	POST /events                a LateOrder → 200, {"sent": how many}
//	POST /settings              those of the Settings that change → 200, all of them
//	GET  /settings              the Settings
//
// A fault is answered {"error": "..."}, which names the field and says what was
// expected. It changes the account for whoever asks, so it belongs on loopback
// only. There a browser is kept out: a request for another host than this one
// (which is how a page whose name was rebound to 127.0.0.1 arrives) and one
// with an Origin are refused, as is a body of another type than JSON, which a
// page may send unasked, or of more than 64 KB.
func (a *Account) Control() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("POST /executions", a.orderFailure)
	routes.HandleFunc("GET /executions", a.tellExecution)
	routes.HandleFunc("POST /events", a.orderLate)
	routes.HandleFunc("POST /settings", a.orderSettings)
	routes.HandleFunc("GET /settings", func(w http.ResponseWriter, _ *http.Request) { tell(w, http.StatusOK, a.Settings()) })
	routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		wrong(w, http.StatusNotFound, fmt.Errorf("%s %s: expected POST or GET /executions or /settings, or POST /events", r.Method, r.URL.Path))
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := mayControl(r); err != nil {
			wrong(w, http.StatusForbidden, err)
			return
		}
		routes.ServeHTTP(w, r)
	})
}

// mayControl keeps web pages out.
func mayControl(r *http.Request) error {
	if origin := r.Header.Get("Origin"); origin != "" {
		return errors.New("header Origin: expected none, a web page has no business here")
	}
	if !loopback(r.Host) {
		return errors.New("header Host: expected localhost or a loopback address")
	}
	return nil
}

// loopback tells whether a Host header names this machine by itself, and not by
// a name that somebody else's DNS answers for.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return strings.EqualFold(host, "localhost") || err == nil && ip.IsLoopback()
}

// tell sends an answer.
func tell(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // the client is gone: nobody to tell
}

func wrong(w http.ResponseWriter, status int, err error) {
	tell(w, status, map[string]string{"error": err.Error()})
}

// readOrder fills an order, in which the defaults already stand, from a
// request's body, and answers the request where that is not possible.
func readOrder(w http.ResponseWriter, r *http.Request, order interface{ check() error }) bool {
	if got, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || got != "application/json" {
		wrong(w, http.StatusUnsupportedMediaType, errors.New("header Content-Type: expected application/json"))
		return false
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxOrder))
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		wrong(w, http.StatusRequestEntityTooLarge, fmt.Errorf("body: expected at most %d bytes", maxOrder))
		return false
	}
	if err == nil {
		err = decodeOrder(raw, order)
	}
	if err == nil {
		err = order.check()
	}
	if err != nil {
		wrong(w, http.StatusBadRequest, err)
	}
	return err == nil
}

// decodeOrder reads one JSON object without unknown fields, and says what is
// wrong with it by the field.
func decodeOrder(raw []byte, order any) error {
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	err := d.Decode(order)
	var mistyped *json.UnmarshalTypeError
	switch {
	case errors.As(err, &mistyped):
		return fmt.Errorf("%s: expected %s, got %s", or(mistyped.Field, "body"), expected(mistyped), mistyped.Value)
	case err != nil:
		return fmt.Errorf("body: expected one JSON object: %s", strings.TrimPrefix(err.Error(), "json: "))
	case d.More():
		return errors.New("body: expected one JSON object, got more")
	}
	return nil
}

// expected names what a field takes, in JSON's words.
func expected(e *json.UnmarshalTypeError) string {
	switch e.Type.Kind() {
	case reflect.String:
		return "a string"
	case reflect.Int:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	}
	return "an object"
}
