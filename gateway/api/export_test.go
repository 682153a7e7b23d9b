package api

// Routes returns all routes as METHOD and path, for an API with everything.
func Routes(opts Options) (list []string) {
	a := &api{Options: opts}
	for path, methods := range a.routes() {
		for method := range methods {
			list = append(list, method+" "+path)
		}
	}
	return list
}
