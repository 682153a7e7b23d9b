package workload

import (
	"context"
	"math"
	"time"

	"github.com/parley-chat/parley/test/load/internal/visitor"
)

// fileTime is how long a visitor tries to send a file before it writes without it.
const fileTime = 45 * time.Second

// say sends a text, some of them with a file.
func (l *life) say(ctx context.Context, t *visitor.Visitor, text string) {
	if l.files.Float64() >= l.w.o.Files {
		t.Send(text)
		return
	}
	content := visitor.Content(l.files, l.fileSize())
	limit, cancel := context.WithTimeout(ctx, fileTime)
	defer cancel()
	if f, ok := t.Upload(limit, content); ok {
		t.SendFile(text, f)
		return
	}
	t.Send(text)
}

// fileSize is from one byte to the largest, and mostly small: each power of two is as likely.
func (l *life) fileSize() int {
	most := max(1, l.w.o.FileSize)
	return min(most, int(math.Exp2(l.files.Float64()*math.Log2(float64(most+1)))))
}
