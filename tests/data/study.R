# Writes study.json: what `twitchscope::statistics` must give, by R's survival, MASS and sandwich.
#
# On Debian: apt-get install r-base-core r-cran-survival r-cran-mass r-cran-sandwich r-cran-jsonlite
# then:      Rscript tests/data/study.R tests/data/study.json

suppressMessages({library(survival); library(MASS); library(sandwich); library(jsonlite)})

# Insertions of subjects who differ, of two groups; some with a masked stretch.
drawn <- function(seed, subjects, each, masks) {
  set.seed(seed)
  rows <- list()
  for (s in seq_len(subjects)) {
    level <- rgamma(1, 3, 3)
    for (k in seq_len(each)) {
      dwell <- round(runif(1, 8, 90), 2)
      n <- rpois(1, level * 0.12 * 40 * (1 - exp(-dwell / 40)))
      events <- sort(unique(round(-40 * log(1 - runif(n) * (1 - exp(-dwell / 40))), 1)))
      events <- events[events > 0 & events < dwell]
      # Between the tenths on which events lie.
      mask <- if (masks && runif(1) < 0.4) round(dwell * c(0.3, 0.5), 1) + 0.05 else NULL
      if (!is.null(mask)) events <- events[events < mask[1] | events > mask[2]]
      rows[[length(rows) + 1]] <- list(subject = s - 1, group = (s + k) %% 2, dwell = dwell,
        masked = if (is.null(mask)) list() else list(mask), events = events)
    }
  }
  rows
}

spans <- function(r) {
  if (length(r$masked) == 0) return(rbind(c(0, r$dwell)))
  m <- r$masked[[1]]
  rbind(c(0, m[1]), c(m[2], r$dwell))
}

# The mean cumulative function: R's cumulative hazard of recurrent events, clustered robust variance.
mean_cumulative <- function(rows) {
  d <- do.call(rbind, lapply(seq_along(rows), function(i) {
    r <- rows[[i]]
    do.call(rbind, apply(spans(r), 1, function(s) {
      e <- r$events[r$events > s[1] & r$events <= s[2]]
      ends <- unique(c(e, s[2]))
      data.frame(from = c(s[1], head(ends, -1)), to = ends, event = as.numeric(ends %in% e), cluster = r$subject)
    }, simplify = FALSE))
  }))
  fit <- survfit(Surv(from, to, event) ~ 1, data = d, cluster = cluster, robust = TRUE, timefix = FALSE)
  at <- fit$n.event > 0
  data.frame(age = fit$time[at], mean = fit$cumhaz[at], variance = fit$std.chaz[at]^2, at_risk = fit$n.risk[at])
}

# Time to the first twitch; a masked stretch before it ends what is known.
first <- function(rows) {
  d <- do.call(rbind, lapply(rows, function(r) {
    end <- spans(r)[1, 2]
    t <- r$events[r$events <= end]
    data.frame(time = if (length(t)) t[1] else end, event = length(t) > 0, cluster = r$subject)
  }))
  fit <- survfit(Surv(time, event) ~ 1, data = d, cluster = cluster, robust = TRUE)
  at <- fit$n.event > 0
  # R's robust standard error is that of S (logse says so); the interval is made of that of log S,
  # with Student's t.
  stopifnot(!fit$logse)
  q <- qt(0.975, length(unique(d$cluster)) - 1)
  s <- fit$surv[at]
  se <- fit$std.err[at] / s
  wide <- exp(q * se / abs(log(s)))
  data.frame(age = fit$time[at], share = s, low = s^wide, high = s^(1 / wide), at_risk = fit$n.risk[at])
}

groups <- function(rows) {
  d <- data.frame(k = sapply(rows, function(r) length(r$events)),
    T = sapply(rows, function(r) sum(apply(spans(r), 1, diff))),
    group = factor(sapply(rows, `[[`, "group")), subject = sapply(rows, `[[`, "subject"))
  tight <- glm.control(epsilon = 1e-12, maxit = 500)
  fit <- glm.nb(k ~ group + offset(log(T)), data = d, control = tight)
  clusters <- length(unique(d$subject))
  # sandwich warns that HC3 is not for negative binomial models; with α held it is a generalized
  # linear model like others.
  error <- suppressWarnings(sqrt(vcovCL(fit, cluster = d$subject, type = "HC3", cadjust = FALSE)[2, 2]))
  one <- glm(k ~ 1 + offset(log(T)), data = d, family = poisson, control = tight)
  list(alpha = 1 / fit$theta, ratio = exp(coef(fit)[[2]]), rate = 60 * exp(coef(fit)[[1]]), error = error,
    dispersion = sum(residuals(one, "pearson")^2) / (nrow(d) - 1), clusters = clusters)
}

# The same, each subject left out in turn: the full jackknife, α held.
jackknife <- function(rows) {
  d <- data.frame(k = sapply(rows, function(r) length(r$events)),
    T = sapply(rows, function(r) sum(apply(spans(r), 1, diff))),
    group = factor(sapply(rows, `[[`, "group")), subject = sapply(rows, `[[`, "subject"))
  theta <- glm.nb(k ~ group + offset(log(T)), data = d)$theta
  b <- sapply(unique(d$subject), function(s) {
    coef(glm(k ~ group + offset(log(T)), data = d[d$subject != s, ], family = negative.binomial(theta)))[[2]]
  })
  g <- length(b)
  sqrt((g - 1) / g * sum((b - mean(b))^2))
}

one <- function(name, ...) {
  rows <- drawn(...)
  list(name = unbox(name), rows = lapply(rows, function(r) {
      list(subject = unbox(r$subject), group = unbox(r$group), dwell = unbox(r$dwell), masked = r$masked, events = r$events)
    }), mean_cumulative = as.matrix(mean_cumulative(rows)), first = as.matrix(first(rows)),
    groups = lapply(groups(rows), unbox), jackknife = unbox(jackknife(rows)))
}

cases <- list(one("eight subjects", 11, 8, 5, FALSE), one("twelve subjects, masked", 12, 12, 6, TRUE),
  one("forty subjects, two insertions each", 13, 40, 2, TRUE))
limits <- function(k, n) binom.test(k, n)$conf.int[1:2]
shares <- t(sapply(list(c(0, 7), c(3, 9), c(12, 40), c(40, 40), c(1, 300)), function(x) c(x, limits(x[1], x[2]))))
write(toJSON(list(cases = cases, shares = shares), digits = 14), commandArgs(TRUE)[1])
