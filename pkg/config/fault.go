package config

import "strings"

// Fault is what is wrong with one setting.
type Fault struct {
	Setting string
	// Sentence says what is wrong, and repeats no secret.
	Sentence string
}

// Error implements error.
func (f Fault) Error() string { return f.Setting + ": " + f.Sentence }

// Faults holds all faults of the settings.
type Faults []Fault

// Error implements error, with one line per fault.
func (f Faults) Error() string {
	lines := make([]string, 0, len(f))
	for _, fault := range f {
		lines = append(lines, fault.Error())
	}
	return strings.Join(lines, "\n")
}

// Has reports whether something is wrong with the setting.
func (f Faults) Has(setting string) bool {
	for _, fault := range f {
		if fault.Setting == setting {
			return true
		}
	}
	return false
}

// Add adds the error that a parser returned for a setting's value, for settings whose
// rules belong to another package. Each of several joined errors is a fault. Nothing is
// added if err is nil, or if the setting has a fault already: then the parser did not
// see the value that was written.
func (f *Faults) Add(setting string, err error) {
	if err == nil || f.Has(setting) {
		return
	}
	each := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		each = joined.Unwrap()
	}
	for _, err := range each {
		*f = append(*f, Fault{setting, err.Error()})
	}
}
