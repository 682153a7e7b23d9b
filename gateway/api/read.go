package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"
)

// readJSON reads the body, one JSON object. Fields that are not known are ignored.
func readJSON(r *http.Request, into any) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset, ok := params["charset"]; err != nil || kind != "application/json" || ok && charset != "utf-8" && charset != "UTF-8" {
		return refuse("bad_content_type", "The Content-Type has to be application/json.")
	}
	body, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return refuse("too_long", "This request is too long.")
	case err != nil:
		return refuse("bad_request", "The request ended too early.")
	case !utf8.Valid(body):
		return refuse("bad_request", "The request is not valid UTF-8.")
	case bytes.IndexByte(bytes.TrimSpace(body), '{') != 0:
		return refuse("bad_request", "The request has to be one JSON object.")
	}
	err = json.Unmarshal(body, into)
	var field *json.UnmarshalTypeError
	switch {
	case errors.As(err, &field) && field.Field != "":
		return refuse("bad_request", "The field \""+field.Field+"\" can't be a "+field.Value+".")
	case err != nil:
		return refuse("bad_request", "The request has to be one JSON object.")
	}
	return nil
}
