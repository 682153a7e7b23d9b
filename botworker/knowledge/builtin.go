package knowledge

import (
	"embed"
	"io/fs"
)

//go:embed builtin/*.md
var builtin embed.FS

// Builtin returns the pages about Parley itself, which the bot uses if no folder is
// configured.
func Builtin() fs.FS {
	sub, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return builtin // can't happen: the name is a valid constant
	}
	return sub
}
