# Writes the data sets and the golden values of tests/prismake/metaanalysis: `make oracle`, which needs R with metafor 3.8,
# metadat and lme4 (Debian: r-cran-metafor, r-cran-lme4). The tests themselves need no R.
# One line of golden.csv holds one quantity: data set, measure, analysis, quantity, values joined by semicolons.
suppressMessages(library(metafor))
folder <- commandArgs(trailingOnly = TRUE)[1]
dir.create(folder, showWarnings = FALSE, recursive = TRUE)
golden <- character()
control <- list(threshold = 1e-13, maxiter = 20000, tol = 1e-13)

# Fisher scoring oscillates on some data, where shorter steps lead to the maximum, and stops at the lower of two maxima on
# others, where another start leads to the higher one.
rma <- function(...) {
  fit <- scored(...)
  if (fit$method %in% c("ML", "REML")) {
    for (start in c(0, 10 * var(c(fit$yi)))) {
      other <- scored(..., init = start)
      if (logLik(other) > logLik(fit) + 1e-9) fit <- other
    }
  }
  fit
}
scored <- function(..., control = list(), init = NULL) {
  for (step in c(1, 0.5, 0.2, 0.05)) {
    settings <- c(control, list(stepadj = step, tau2.init = init))
    fit <- tryCatch(metafor::rma(..., control = settings), error = function(e) e)
    if (!inherits(fit, "error")) return(fit)
  }
  stop(fit)
}

digits <- function(x) paste(sprintf("%.10g", as.numeric(x)), collapse = ";")
# Formals that no name of a quantity abbreviates, as `se` does `set`.
put <- function(.set, .measure, .analysis, ...) {
  values <- list(...)
  lines <- paste(.set, .measure, .analysis, names(values), vapply(values, digits, ""), sep = ",")
  golden <<- c(golden, lines)
}
save <- function(set, data) write.csv(data, file.path(folder, paste0(set, ".csv")), row.names = FALSE, quote = FALSE)

pooled <- function(fit) list(
  estimate = fit$beta, se = fit$se, low = fit$ci.lb, high = fit$ci.ub, p = fit$pval, q = fit$QE, q_p = fit$QEp
)
random <- function(fit) c(pooled(fit), list(tau2 = fit$tau2, i2 = fit$I2, h2 = fit$H2))
prediction <- function(fit, df) {
  critical <- if (is.na(df)) qnorm(0.975) else qt(0.975, df)
  c(fit$beta) + c(-1, 1) * critical * sqrt(c(fit$se)^2 + fit$tau2)
}

models <- function(set, measure, yi, vi) {
  emit <- function(analysis, values) do.call(put, c(list(set, measure, analysis), values))
  k <- length(yi)
  emit("common", c(pooled(rma(yi, vi, method = "EE")), list(weights = (1 / vi) / sum(1 / vi))))
  for (method in c("DL", "PM", "REML", "ML", "EB", "SJ", "HE", "HS"))
    emit(method, random(rma(yi, vi, method = method, control = control)))
  reml <- rma(yi, vi, control = control)
  emit("REML", list(weights = weights(reml) / 100))
  for (test in c("t", "knha", "adhoc")) emit(paste0("REML ", test), random(rma(yi, vi, test = test, control = control)))
  simple <- predict(reml)
  stopifnot(all.equal(c(simple$pi.lb, simple$pi.ub), prediction(reml, NA)))
  t <- predict(rma(yi, vi, test = "t", control = control))
  stopifnot(all.equal(c(t$pi.lb, t$pi.ub), prediction(reml, k - 1)))
  profile <- confint(reml, control = list(tol = 1e-13, tau2.max = max(100, 1000 * reml$tau2), maxiter = 10000))$random
  emit("REML intervals", list(
    prediction_z = prediction(reml, NA), prediction_k1 = prediction(reml, k - 1),
    prediction_k2 = prediction(reml, k - 2), tau2_ci = profile["tau^2", 2:3], i2_ci = profile["I^2(%)", 2:3]
  ))
  out <- lapply(seq_len(k), function(i) rma(yi[-i], vi[-i], control = control))
  emit("leave-one-out", list(estimate = sapply(out, function(f) f$beta), tau2 = sapply(out, function(f) f$tau2)))
  grown <- lapply(seq_len(k), function(i) rma(yi[1:i], vi[1:i], control = control))
  emit("cumulative", list(estimate = sapply(grown, function(f) f$beta), se = sapply(grown, function(f) f$se)))
  if (k >= 10 && diff(range(vi)) > 1e-12) {
    mixed <- regtest(reml)
    emit("egger", list(
      statistic = mixed$zval, p = mixed$pval, limit = mixed$est, limit_low = mixed$ci.lb, limit_high = mixed$ci.ub))
    classic <- regtest(reml, model = "lm")
    emit("egger classic", list(
      statistic = classic$zval, p = classic$pval, limit = classic$est,
      limit_low = classic$ci.lb, limit_high = classic$ci.ub))
    rank <- suppressWarnings(ranktest(reml))
    emit("begg", list(tau = rank$tau, p = rank$pval))
    for (method in c("REML", "DL", "EE")) {
      filled <- trimfill(rma(yi, vi, method = method, control = control), estimator = "L0", control = control)
      emit(paste("trim and fill", method), list(
        missing = filled$k0, se_missing = filled$se.k0, right = filled$side == "right", estimate = filled$beta,
        se = filled$se, tau2 = filled$tau2))
    }
  }
}

regression <- function(set, measure, yi, vi, x) {
  for (test in c("z", "knha")) {
    fit <- rma(yi, vi, mods = cbind(x), test = test, control = control)
    put(set, measure, paste("regression", test), intercept = fit$beta[1], slope = fit$beta[2], se = fit$se[2],
      low = fit$ci.lb[2], high = fit$ci.ub[2], p = fit$pval[2], tau2 = fit$tau2, i2 = fit$I2, q = fit$QE,
      q_p = fit$QEp, moderation = fit$QM, moderation_p = fit$QMp, r2 = if (is.null(fit$R2)) NA else fit$R2)
    at <- predict(fit, newmods = mean(x))
    put(set, measure, paste("regression", test), at = c(at$pred, at$ci.lb, at$ci.ub))
  }
}

groups <- function(set, measure, yi, vi, g) {
  g <- factor(g, levels = unique(g))
  fits <- lapply(levels(g), function(level) rma(yi[g == level], vi[g == level], control = control))
  estimates <- sapply(fits, function(f) f$beta)
  errors <- sapply(fits, function(f) f$se)
  between <- rma(estimates, sei = errors, method = "EE")
  put(set, measure, "subgroups", estimate = estimates, se = errors, tau2 = sapply(fits, function(f) f$tau2),
    q = between$QE, p = between$QEp)
  for (test in c("z", "knha")) {
    fit <- rma(yi, vi, mods = model.matrix(~ g - 1), intercept = FALSE, test = test, control = control)
    contrast <- rma(yi, vi, mods = model.matrix(~g)[, -1], test = test, control = control)
    put(set, measure, paste("subgroups common", test), estimate = fit$beta, se = fit$se, tau2 = fit$tau2,
      q = contrast$QM, p = contrast$QMp)
  }
}

effects <- function(set, measure, d, analysis = "effects") put(set, measure, analysis, yi = d$yi, vi = d$vi)

binary <- function(set, d) {
  save(set, d)
  contrast <- with(d, ai + ci > 0 & n1i - ai + n2i - ci > 0)
  arguments <- list(ai = d$ai, n1i = d$n1i, ci = d$ci, n2i = d$n2i)
  for (measure in c("RD", "RR", "OR", "PETO")) {
    to <- if (measure == "PETO") "none" else "only0"
    e <- do.call(escalc, c(arguments, list(measure = measure, to = to, drop00 = measure != "RD")))
    e <- e[!is.na(e$yi), ]
    effects(set, measure, e)
    models(set, measure, c(e$yi), c(e$vi))
    if (measure != "PETO") {
      all <- do.call(escalc, c(arguments, list(measure = measure, to = "all", drop00 = measure != "RD")))
      effects(set, measure, all[!is.na(all$yi), ], "effects all")
      mh <- do.call(rma.mh, c(arguments, list(measure = measure, correct = FALSE, drop00 = measure != "RD")))
      share <- weights(mh) / 100
      do.call(put, c(list(set, measure, "Mantel-Haenszel"), pooled(mh),
        list(i2 = mh$I2, h2 = mh$H2, weights = share[measure == "RD" | contrast])))
    }
  }
  peto <- do.call(rma.peto, arguments)
  share <- weights(peto) / 100
  do.call(put, c(list(set, "PETO", "Peto"), pooled(peto), list(weights = share[!is.na(share) & share > 0])))
}

continuous <- function(set, d, measures) {
  save(set, d)
  for (measure in measures) {
    e <- escalc(measure, m1i = d$m1i, sd1i = d$sd1i, n1i = d$n1i, m2i = d$m2i, sd2i = d$sd2i, n2i = d$n2i)
    effects(set, measure, e)
    models(set, measure, c(e$yi), c(e$vi))
  }
}

generic <- function(set, d, measure = "GEN") {
  save(set, d)
  models(set, measure, d$yi, d$vi)
}

proportions <- function(set, d) {
  save(set, d)
  for (measure in c("PR", "PLO", "PFT")) {
    e <- escalc(measure, xi = d$xi, ni = d$ni)
    effects(set, measure, e)
    models(set, measure, c(e$yi), c(e$vi))
  }
  fit <- rma(e$yi, e$vi, control = control)
  back <- predict(fit, transf = transf.ipft.hm, targs = list(ni = d$ni))
  put(set, "PFT", "back", back = c(back$pred, back$ci.lb, back$ci.ub))
  fit <- rma.glmm(measure = "PLO", xi = d$xi, ni = d$ni, nAGQ = 25,
    control = list(glmerCtrl = list(optimizer = "bobyqa", optCtrl = list(rhoend = 1e-10, maxfun = 100000))))
  put(set, "PLO", "logistic", estimate = fit$beta, se = fit$se, low = fit$ci.lb, high = fit$ci.ub, tau2 = fit$tau2,
    q = fit$QE.LRT, q_p = fit$QEp.LRT)
}

rates <- function(set, d) {
  save(set, d)
  for (measure in c("IRR", "IRD")) {
    e <- escalc(measure, x1i = d$x1i, t1i = d$t1i, x2i = d$x2i, t2i = d$t2i, drop00 = measure == "IRR")
    if (measure == "IRD") e <- escalc(measure, x1i = d$x1i, t1i = d$t1i, x2i = d$x2i, t2i = d$t2i, to = "none")
    effects(set, measure, e)
    models(set, measure, c(e$yi), c(e$vi))
  }
  effects(set, "IRLN", escalc("IRLN", xi = d$x1i, ti = d$t1i))
}

diagnostic <- function(set, d) {
  save(set, d)
  e <- escalc("OR", ai = d$tp, bi = d$fp, ci = d$fn, di = d$tn)
  effects(set, "DOR", e)
  models(set, "DOR", c(e$yi), c(e$vi))
  effects(set, "SENS", escalc("PLO", xi = d$tp, mi = d$fn))
  effects(set, "SPEC", escalc("PLO", xi = d$tn, mi = d$fp))
  empty <- with(d, tp == 0 | fp == 0 | fn == 0 | tn == 0) / 2
  a <- escalc("PLO", xi = d$tp + empty, mi = d$fn + empty, add = 0)
  b <- escalc("PLO", xi = d$tn + empty, mi = d$fp + empty, add = 0)
  long <- data.frame(study = rep(seq_len(nrow(d)), 2), side = rep(c("a", "b"), each = nrow(d)),
    yi = c(a$yi, b$yi), vi = c(a$vi, b$vi))
  fit <- rma.mv(yi, vi, mods = ~ side - 1, random = ~ side | study, struct = "UN", data = long,
    control = list(optimizer = "bobyqa", rhoend = 1e-10))
  put(set, "SROC", "bivariate", estimate = fit$beta, se = fit$se, covariance = vcov(fit)[1, 2], tau2 = fit$tau2,
    correlation = fit$rho)
}

named <- function(d, wanted) { result <- as.data.frame(d)[wanted]; names(result) <- names(wanted); result }
two <- c(ai = "ai", n1i = "n1i", ci = "ci", n2i = "n2i")

bcg <- with(dat.bcg, data.frame(
  ai = tpos, n1i = tpos + tneg, ci = cpos, n2i = cpos + cneg, moderator = ablat, group = alloc))
binary("bcg", bcg)
e <- escalc("RR", ai = bcg$ai, n1i = bcg$n1i, ci = bcg$ci, n2i = bcg$n2i)
regression("bcg", "RR", c(e$yi), c(e$vi), bcg$moderator)
groups("bcg", "RR", c(e$yi), c(e$vi), bcg$group)
for (set in c("hine1989", "li2007", "nielweise2007", "hahn2001", "laopaiboon2015", "egger2001"))
  binary(set, named(get(paste0("dat.", set)), two))
binary("yusuf1985", named(subset(dat.yusuf1985, table == 6 & !is.na(ai + ci)), two))
means <- c(m1i = "m1i", sd1i = "sd1i", n1i = "n1i", m2i = "m2i", sd2i = "sd2i", n2i = "n2i")
continuous("normand1999", named(dat.normand1999, means), c("MD", "SMD", "ROM"))
continuous("gibson2002", named(subset(dat.gibson2002, !is.na(m1i) & !is.na(sd1i) & !is.na(m2i)), means), c("MD", "SMD"))
continuous("curtis1998", named(dat.curtis1998, means), "ROM")
for (set in c("molloy2014", "mcdaniel1994")) {
  d <- named(get(paste0("dat.", set)), c(ni = "ni", ri = "ri"))
  save(set, d)
  e <- escalc("ZCOR", ri = d$ri, ni = d$ni)
  effects(set, "ZCOR", e)
  models(set, "ZCOR", c(e$yi), c(e$vi))
}
generic("raudenbush1985", named(dat.raudenbush1985, c(yi = "yi", vi = "vi", moderator = "weeks", group = "setting")))
with(dat.raudenbush1985, {
  regression("raudenbush1985", "GEN", c(yi), c(vi), weeks)
  groups("raudenbush1985", "GEN", c(yi), c(vi), setting)
})
generic("hackshaw1998", named(dat.hackshaw1998, c(yi = "yi", vi = "vi")))
generic("bangertdrowns2004", named(dat.bangertdrowns2004, c(yi = "yi", vi = "vi", moderator = "ni")))
with(dat.bangertdrowns2004, regression("bangertdrowns2004", "GEN", c(yi), c(vi), ni))
pignon <- with(dat.pignon2000, data.frame(excess = OmE, variance = V, yi = OmE / V, vi = 1 / V))
generic("pignon2000", pignon, "HR")
rates("nielweise2008", named(dat.nielweise2008, c(x1i = "x1i", t1i = "t1i", x2i = "x2i", t2i = "t2i")))
rates("hart1999", named(dat.hart1999, c(x1i = "x1i", t1i = "t1i", x2i = "x2i", t2i = "t2i")))
proportions("debruin2009", named(dat.debruin2009, c(xi = "xi", ni = "ni")))
proportions("pritz1997", named(dat.pritz1997, c(xi = "xi", ni = "ni")))
kearon <- with(subset(dat.kearon1998, !is.na(tp + np + tn + nn)), data.frame(tp = tp, fp = nn - tn, fn = np - tp, tn = tn))
diagnostic("kearon1998", kearon)

writeLines(c("data,measure,analysis,quantity,values", golden), file.path(folder, "golden.csv"))
