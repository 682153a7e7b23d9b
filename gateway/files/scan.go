package files

import (
	"context"
	"io"
)

// Scanner looks at files before anybody gets them.
type Scanner interface {
	// Scan reads a file. found is true if it must not be given to anybody; an error says that
	// this could not be found out now.
	Scan(ctx context.Context, file io.Reader, size int64) (found bool, err error)
}

// scannerDownError is why a file could not be scanned.
type scannerDownError struct{ why error }

func (e *scannerDownError) Error() string { return "scan a file: " + e.why.Error() }

// Unwrap returns what failed.
func (e *scannerDownError) Unwrap() error { return e.why }
