package papers

// Mark is a place in a text that somebody should look at, from one byte to before another.
type Mark struct {
	From, To int
	Kind     string // what it looks like: "telephone", "email"
}
