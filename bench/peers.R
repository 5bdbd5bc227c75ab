# One row of the table in docs/performance.md, as R answers it: Rscript bench/peers.R ROW FILE
# Prints the least time of several runs in seconds (reading the file left out) and the most memory that
# the process held, in megabytes. `cargo xtask bench --peers` calls this and its neighbour in Python.
args <- commandArgs(trailingOnly = TRUE)
row <- args[1]
file <- args[2]

least <- function(runs, work) {
  work()
  min(vapply(seq_len(runs), function(i) system.time(work())[["elapsed"]], 0))
}
once <- function(work) system.time(work())[["elapsed"]]

quiet <- function(package) suppressPackageStartupMessages(library(package, character.only = TRUE))

star <- function() {
  d <- read.csv(file)
  d <- d[complete.cases(d[, c("mathk", "stark", "schoolidk", "gender", "ethnicity", "lunchk")]), ]
  d$small <- as.numeric(d$stark == "small")
  d$aide <- as.numeric(d$stark == "regular+aide")
  d$girl <- as.numeric(d$gender == "female")
  d$free <- as.numeric(d$lunchk == "free")
  d$white <- as.numeric(d$ethnicity %in% c("cauc", "asian"))
  d
}

million <- function() {
  d <- read.csv(file)
  d$new <- as.numeric(d$group == "new")
  d$school <- factor(d$school)
  d
}

seconds <- switch(row,
  "random-intercept" = {
    quiet("lme4"); d <- million()
    once(function() lmer(after ~ new + before + age + attendance + (1 | school), d))
  },
  "random-slope" = {
    quiet("lme4"); d <- million()
    once(function() lmer(after ~ sexf + before + (1 + sexf | school),
                         transform(d, sexf = as.numeric(sex == "F"))))
  },
  "kenward-roger" = {
    quiet("lme4"); quiet("pbkrtest"); d <- read.csv(file)
    d$girl <- as.numeric(d$sex == "F")
    m <- lmer(normexam ~ standLRT + girl + (1 | school), d)
    once(function() { v <- vcovAdj(m); Lb_ddf(c(0, 0, 1), vcov(m), v) })
  },
  "cr2-star" = {
    quiet("clubSandwich"); d <- star()
    m <- lm(mathk ~ small + aide + girl + free + white, d)
    least(3, function() coef_test(m, vcov = "CR2", cluster = d$schoolidk, test = "Satterthwaite"))
  },
  "cr2-star-schools" = {
    quiet("clubSandwich"); d <- star()
    m <- lm(mathk ~ small + aide + girl + free + white + factor(schoolidk), d)
    least(2, function() coef_test(m, vcov = "CR2", cluster = d$schoolidk, test = "Satterthwaite",
                                  coefs = c("small", "aide", "girl", "free", "white")))
  },
  "permutation" = {
    quiet("coin"); d <- read.csv(file)
    d$treated <- factor(d$treated)
    least(5, function() independence_test(value ~ treated, d, distribution = approximate(nresample = 100000)))
  },
  "reml-1000" = {
    quiet("metafor"); d <- read.csv(file)
    least(2, function() rma(effect, variance, data = d, method = "REML", test = "knha"))
  },
  "leave-one-out-1000" = {
    quiet("metafor"); d <- read.csv(file); m <- rma(effect, variance, data = d, method = "REML", test = "knha")
    # Too long to wait for: ten of the thousand, times a hundred.
    100 * once(function() for (i in 1:10) rma(effect, variance, data = d[-i, ], method = "REML", test = "knha"))
  },
  "three-levels" = {
    quiet("metafor"); d <- read.csv(file); d$row <- seq_len(nrow(d))
    once(function() rma.mv(effect, variance, random = ~ 1 | study / row, data = d))
  },
  "practice-page" = {
    quiet("metafor"); d <- read.csv(file)
    least(3, function() {
      m <- rma(effect, variance, data = d, method = "REML", test = "knha")
      predict(m); cumul(m); leave1out(m)
    })
  },
  "xmr-charts" = {
    d <- as.matrix(read.csv(file))
    last <- function(x, n) {  # how many of the n values up to each are TRUE
      s <- apply(x, 2, cumsum); s - rbind(matrix(0, n, ncol(x)), s[seq_len(nrow(s) - n), ])
    }
    least(5, function() {
      centre <- colMeans(d)
      sigma <- colMeans(abs(diff(d))) / 1.128
      z <- sweep(sweep(d, 2, centre), 2, sigma, "/")
      up <- diff(d) > 0
      outside <- abs(z) > 3
      near <- last(z > 2, 3) >= 2 | last(z < -2, 3) >= 2
      side <- last(z > 0, 7) == 7 | last(z < 0, 7) == 7
      trend <- last(up, 6) == 6 | last(!up, 6) == 6
      sum(outside) + sum(near) + sum(side) + sum(trend)
    })
  },
  stop("no such row: ", row)
)

status <- readLines("/proc/self/status")
peak <- as.numeric(gsub("[^0-9]", "", grep("^VmHWM", status, value = TRUE))) / 1024
cat(sprintf("%.6f %.0f\n", seconds, peak))
