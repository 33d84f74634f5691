# Records what R's forecast package finds for some small series: Rscript arima.R > arima.json
# Debian: apt-get install r-base-core r-cran-forecast. The series are generated here, rounded, and recorded with the figures.
suppressMessages(library(forecast))
options(digits = 12)

uniform <- function(seed) {
  state <- seed
  function() {
    state <<- (state * 48271) %% 2147483647
    state / 2147483647
  }
}

shocks <- function(count, seed) {
  random <- uniform(seed)
  vapply(seq_len(count), function(i) sqrt(-2 * log(random())) * cos(2 * pi * random()), 0)
}

# Recursion of an ARMA process from rest, its first hundred values dropped.
arma <- function(count, seed, ar = numeric(0), ma = numeric(0)) {
  e <- shocks(count + 100, seed)
  x <- numeric(count + 100)
  for (t in seq_along(x)) {
    x[t] <- e[t]
    for (i in seq_along(ar)) if (t > i) x[t] <- x[t] + ar[i] * x[t - i]
    for (i in seq_along(ma)) if (t > i) x[t] <- x[t] + ma[i] * e[t - i]
  }
  x[101:(count + 100)]
}

lagged <- function(season, weights) { at <- numeric(season * length(weights)); at[season * seq_along(weights)] <- weights; at }
airline <- function(count, seed, near, far) {
  w <- arma(count, seed, ma = { both <- numeric(13); both[1] <- near; both[12] <- far; both[13] <- near * far; both })
  x <- 10 * sin(2 * pi * seq_len(count + 13) / 12) + 100
  for (t in 14:(count + 13)) x[t] <- x[t - 1] + x[t - 12] - x[t - 13] + w[t - 13]
  x[14:(count + 13)]
}

cases <- list(
  list(name = "an autoregression with a level", values = 50 + 2 * arma(200, 21, ar = c(0.7)), order = c(1, 0, 0), mean = TRUE),
  list(name = "two lags and a shock", values = 5 + arma(240, 22, ar = c(1.1, -0.4), ma = c(0.5)), order = c(2, 0, 1), mean = TRUE),
  list(name = "a moving average without level", values = arma(150, 23, ma = c(-0.6, 0.3)), order = c(0, 0, 2), mean = FALSE),
  list(name = "a walk with drift", values = cumsum(0.4 + arma(180, 24, ma = c(0.4))), order = c(0, 1, 1), mean = TRUE),
  list(name = "a walk that remembers", values = cumsum(arma(160, 25, ar = c(0.5))), order = c(1, 1, 0), mean = FALSE),
  list(name = "gaps", values = { x <- 20 + arma(220, 26, ar = c(0.8)); x[c(30:36, 77, 150:151, 190)] <- NA; x }, order = c(1, 0, 0), mean = TRUE),
  list(name = "the airline model", values = airline(144, 27, -0.4, -0.6), order = c(0, 1, 1), seasonal = c(0, 1, 1), season = 12, mean = FALSE),
  list(name = "a season that is remembered", values = 30 + arma(192, 28, ar = { a <- numeric(13); a[1] <- 0.5; a[12] <- 0.6; a[13] <- -0.3; a }),
       order = c(1, 0, 0), seasonal = c(1, 0, 0), season = 12, mean = TRUE)
)

fitted <- function(case, method) {
  season <- if (is.null(case$season)) 1 else case$season
  series <- ts(round(case$values, 4), frequency = season)
  seasonal <- if (is.null(case$seasonal)) c(0, 0, 0) else case$seasonal
  drift <- case$mean && case$order[2] + seasonal[2] > 0
  fit <- Arima(series, order = case$order, seasonal = seasonal, include.mean = case$mean && !drift, include.drift = drift, method = method)
  ahead <- forecast(fit, h = 24, level = 95)
  coefficients <- coef(fit)
  mean <- unname(coefficients[names(coefficients) %in% c("intercept", "drift")])
  list(coefficients = I(unname(coefficients[!names(coefficients) %in% c("intercept", "drift")])),
       mean = if (length(mean) == 1) mean else 0,
       logLikelihood = fit$loglik, aicc = if (is.null(fit$aicc) || is.na(fit$aicc)) 0 else fit$aicc, variance = fit$sigma2,
       expected = as.numeric(ahead$mean), halfWidth = as.numeric(ahead$upper - ahead$mean))
}

chosen <- function(case) {
  season <- if (is.null(case$season)) 1 else case$season
  fit <- suppressWarnings(auto.arima(ts(round(case$values, 4), frequency = season), approximation = FALSE))
  orders <- arimaorder(fit)
  orders <- if (length(orders) == 3) c(orders, 0, 0, 0) else orders[1:6]
  list(order = unname(orders), aicc = fit$aicc)
}

kpss <- function(values) {
  x <- as.numeric(values)
  x <- x[!is.na(x)]
  lags <- trunc(3 * sqrt(length(x)) / 13)
  unname(urca::ur.kpss(x, type = "mu", use.lag = lags)@teststat)
}

# Plain JSON, since only base R and forecast are asked for.
json <- function(x) {
  if (is.list(x)) return(paste0("{", paste(sprintf('"%s":%s', names(x), vapply(x, json, "")), collapse = ","), "}"))
  if (is.character(x)) return(sprintf('"%s"', x))
  if (is.logical(x) && !anyNA(x)) return(tolower(as.character(x)))
  numbers <- ifelse(is.na(x), "null", formatC(x, digits = 9, format = "g", width = 1))
  if (length(x) == 1 && !inherits(x, "AsIs")) numbers else paste0("[", paste(numbers, collapse = ","), "]")
}

recorded <- vapply(cases, function(case) json(list(
  name = case$name, values = round(case$values, 4), order = case$order,
  seasonal = if (is.null(case$seasonal)) c(0, 0, 0) else case$seasonal, season = if (is.null(case$season)) 1 else case$season, mean = case$mean,
  exact = fitted(case, "ML"), css = fitted(case, "CSS"), chosen = chosen(case), kpss = kpss(case$values))), "")
cat("[", paste(recorded, collapse = ",\n"), "]\n", sep = "")
