package files

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/codes"
)

func TestEachFaultHasItsSentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err    error
		status int
		again  bool
	}{
		{&http.MaxBytesError{Limit: 10_500_000}, http.StatusRequestEntityTooLarge, false},
		{errTooManyPixels, http.StatusUnprocessableEntity, false},
		{bus.ErrEmptyFile, http.StatusUnprocessableEntity, false},
		{bus.ErrConflict, http.StatusConflict, false},
		{io.ErrUnexpectedEOF, http.StatusBadRequest, false},
		{&bus.FullError{Sentence: "a stream is full"}, http.StatusInsufficientStorage, true},
		{&scannerDownError{errors.New("refused")}, http.StatusServiceUnavailable, true},
		{bus.ErrUnavailable, http.StatusServiceUnavailable, true},
		{none(), http.StatusNotFound, false},
	} {
		w := httptest.NewRecorder()
		writeRefusal(w, refusalOf(fmt.Errorf("store a file: %w", c.err)))
		if w.Code != c.status || (w.Header().Get("Retry-After") != "") != c.again || !strings.Contains(w.Body.String(), `."`) {
			t.Errorf("%v: %d %s", c.err, w.Code, w.Body)
		}
	}
	if got := tooLargeSentence(10_500_000); got != "This file is too large: 10.5 MB is the most that can be sent." {
		t.Error(got)
	}
	if got := codes.Status(codes.Infected); got != http.StatusUnprocessableEntity {
		t.Error(got)
	}
}
