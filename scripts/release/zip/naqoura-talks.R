# Reads Naqoura Talks with types and labels, in base R alone.
#
#   source("naqoura-talks.R")
#   nt <- naqoura_talks("naqoura-talks-1.0.0.zip")   # the zip of the data package, or its folder
#   table(nt$events$realis)
#   attr(nt$events$realis, "description")
#   subset(nt$codebook, table_name == "events", c(column_name, description))
#
# Returns a list of data frames: the tables, and beside them joined_<table>, acts, act_pairs, timeline and
# codebook. Coded columns are factors with all codes of their codelist as levels, ordered where the codes
# have an order; dates are Date, booleans logical, an empty cell is NA. Each column has the attributes
# label and description, which rows and columns of a table keep (`[`, subset, head). R itself drops them from
# a part of a single column, and merge from both tables: nt$codebook has them all.
naqoura_talks <- function(path) {
  if (!file.exists(path)) stop(path, ": there is no such file or folder.", call. = FALSE)
  if (!dir.exists(path)) {
    folder <- tempfile("naqoura-talks-")
    on.exit(unlink(folder, recursive = TRUE))
    utils::unzip(path, exdir = folder)
    path <- list.dirs(folder, recursive = FALSE)
  }
  if (length(path) != 1 || !file.exists(file.path(path, "codebook.csv")))
    stop("This is not the data package: it has no codebook.csv. Name the zip of a release or its folder.", call. = FALSE)
  read <- function(...) utils::read.csv(file.path(path, ...), colClasses = "character", na.strings = "", encoding = "UTF-8")
  codebook <- read("codebook.csv")
  codes <- read("data", "csv", "codes.csv")
  typed <- function(words, column) {
    if (!is.na(column$codelist)) {
      used <- codes[codes$codelist == column$codelist, ]
      used <- used[order(as.integer(used$code_order), used$code, method = "radix"), ]
      values <- factor(words, levels = used$code, ordered = !anyNA(used$code_order))
    } else {
      values <- switch(column$type, integer = as.integer(words), number = as.numeric(words),
                       boolean = words == "true", date = as.Date(words), words)
    }
    attr(values, "label") <- column$title
    attr(values, "description") <- column$description
    values
  }
  # R finds it by the class, wherever this file was sourced.
  registerS3method("[", "naqoura_table", envir = baseenv(), method = function(x, ...) {
    part <- NextMethod()
    if (is.data.frame(part)) for (name in intersect(names(part), names(x))) {
      attr(part[[name]], "label") <- attr(x[[name]], "label")
      attr(part[[name]], "description") <- attr(x[[name]], "description")
    }
    part
  })
  tables <- sapply(unique(codebook$table_name), simplify = FALSE, function(name) {
    plain <- file.exists(file.path(path, "data", "csv", paste0(name, ".csv")))
    table <- read("data", if (plain) "csv" else "joined", paste0(sub("^joined_", "", name), ".csv"))
    columns <- codebook[codebook$table_name == name, ]
    for (n in seq_len(nrow(columns))) {
      column <- columns[n, ]
      table[[column$column_name]] <- typed(table[[column$column_name]], column)
    }
    class(table) <- c("naqoura_table", "data.frame")
    table
  })
  c(tables, list(codebook = codebook))
}
