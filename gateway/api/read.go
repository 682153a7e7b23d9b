package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"unicode/utf8"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

// readJSON reads the body, one JSON object. Unknown fields are ignored.
func readJSON(r *http.Request, into any) error {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if charset, ok := params["charset"]; err != nil || kind != "application/json" || ok && charset != "utf-8" && charset != "UTF-8" {
		return bus.Refuse(codes.BadContentType)
	}
	body, err := io.ReadAll(r.Body)
	var tooBig *http.MaxBytesError
	switch {
	case errors.As(err, &tooBig):
		return bus.Refuse(codes.TooLong)
	case err != nil:
		return refuse(codes.BadRequest, "The request ended too early.")
	case !utf8.Valid(body):
		return refuse(codes.BadRequest, "The request is not valid UTF-8.")
	case bytes.IndexByte(bytes.TrimSpace(body), '{') != 0:
		return bus.Refuse(codes.BadRequest)
	}
	err = json.Unmarshal(body, into)
	var field *json.UnmarshalTypeError
	switch {
	case errors.As(err, &field) && field.Field != "":
		return refuse(codes.BadRequest, "The field \""+field.Field+"\" can't be a "+field.Value+".")
	case err != nil:
		return bus.Refuse(codes.BadRequest)
	}
	return nil
}
