package server

// Routes gives method and path of every row of the table, for tests that walk it.
func Routes() [][2]string {
	var list [][2]string
	for _, r := range (&Server{}).table() {
		list = append(list, [2]string{r.method, r.path})
	}
	return list
}

// Guarded gives the rows that not everybody may use.
func Guarded() [][2]string {
	var list [][2]string
	for _, r := range (&Server{}).table() {
		if r.may != "anyone" {
			list = append(list, [2]string{r.method, r.path})
		}
	}
	return list
}

// CleanFileName, ByteRange and SamePath are opened for tests.
var (
	CleanFileName = cleanFileName
	ByteRange     = byteRange
	SamePath      = samePath
)
