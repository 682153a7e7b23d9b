package knowledge

import (
	"embed"
	"io/fs"
)

//go:embed builtin/*.md
var builtin embed.FS

// Builtin returns the pages about Parley itself, which the bot answers from
// where it was given no folder of its own.
func Builtin() fs.FS {
	sub, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return builtin // can't be: the name is a constant and valid
	}
	return sub
}
