package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/parley-chat/parley/gateway/frame"
	"github.com/parley-chat/parley/gateway/limit"
	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/codes"
)

const (
	// roomAgain is when to send a file again for which there was no room.
	roomAgain = 30 * time.Second
	// checkAgain is when to ask again whether a file was checked.
	checkAgain = 5 * time.Second
)

// refusalOf is frame.RefusalOf for what goes wrong with files.
func refusalOf(err error) *frame.Refusal {
	var tooLarge *http.MaxBytesError
	var full *bus.FullError
	var down *scannerDownError
	no := frame.RefusalOf(err)
	switch {
	case errors.As(err, &tooLarge):
		no = frame.Refuse(codes.TooLong, tooLargeSentence(tooLarge.Limit))
	case errors.Is(err, errTooManyPixels):
		no = frame.Refuse(codes.BadFile, fmt.Sprintf("This picture has too many pixels: pictures must have fewer than %d megapixels.", MaxPixels/1_000_000))
	case errors.Is(err, bus.ErrEmptyFile):
		no = frame.Refuse(codes.BadFile, "This file is empty.")
	case errors.Is(err, bus.ErrConflict):
		no = frame.Refuse(codes.FileDiffers, codes.Sentence(codes.FileDiffers))
	case errors.Is(err, io.ErrUnexpectedEOF):
		no = frame.Refuse(codes.BadRequest, "The upload ended before the file did. Nothing of it was kept.")
	case errors.Is(err, os.ErrDeadlineExceeded):
		no = frame.Refuse(codes.Unavailable, "Nothing more of this file arrived. Nothing of it was kept.")
		no.Retry = time.Second
	case errors.As(err, &full):
		no = frame.Refuse(codes.NoRoom, codes.Sentence(codes.NoRoom))
		no.Retry = roomAgain
	case errors.As(err, &down):
		no = frame.Refuse(codes.Unchecked, codes.Sentence(codes.Unchecked))
		no.Retry = checkAgain
	}
	return no
}

func tooLargeSentence(limit int64) string {
	return "This file is too large: " + inMegabytes(limit) + " is the most that can be sent."
}

// inMegabytes writes a size for people.
func inMegabytes(bytes int64) string {
	if bytes < 1_000_000 {
		return fmt.Sprintf("%d KB", bytes/1000)
	}
	return fmt.Sprintf("%g MB", float64(bytes/100_000)/10)
}

func writeRefusal(w http.ResponseWriter, no *frame.Refusal) {
	answer := struct {
		Code         string `json:"code"`
		Message      string `json:"message"`
		RetryAfterMS int64  `json:"retry_after_ms,omitempty"`
	}{no.Code, no.Message, 0}
	if no.Retry > 0 {
		answer.RetryAfterMS = max(1, no.Retry.Milliseconds())
		w.Header().Set("Retry-After", limit.RetryAfter(no.Retry))
	}
	writeJSON(w, codes.Status(no.Code), answer)
}

// writeJSON writes an answer whose encoding can't fail.
func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // fails only if the client is gone
}

// stored is the answer to an upload.
type stored struct {
	File   chat.File `json:"file"`
	Ticket string    `json:"ticket"`
}

// fileOf is a file as an event describes it.
func fileOf(o bus.FileObject) chat.File {
	return chat.File{ID: o.ID, Name: o.Name, Type: o.Type, Size: o.Size, Hash: o.Hash, Width: o.Width, Height: o.Height, Thumb: o.HasThumb}
}
